package dev.holdfast.delivery;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what a connection delivers while further queues are yet to be consumed by it. A delivery may wait for the subscriber,
 * and the thread that would wait also brings the broker's answers: it has to be free until all queues are consumed. There
 * are never more than the broker delivers without an acknowledgement.
 */
final class EarlyDeliveries {
    private List<Runnable> kept = new ArrayList<>();
    private boolean over;

    /** Makes the delivery in this thread, which is the connection's, or has it made by {@link #handOver}. */
    void handle(Runnable delivery) {
        synchronized (this) {
            if (!over) {
                kept.add(delivery);
                return;
            }
        }
        delivery.run();
    }

    /**
     * Makes those that were kept, in this thread and in their order; those that come afterwards are made at once. Once it is
     * interrupted it makes none: whoever acknowledges a later message would acknowledge the one that was interrupted.
     */
    void handOver() {
        for (List<Runnable> next = take(); !next.isEmpty(); next = take()) {
            for (Runnable delivery : next) {
                delivery.run();
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
            }
        }
    }

    private synchronized List<Runnable> take() {
        List<Runnable> taken = kept;
        kept = new ArrayList<>();
        over = taken.isEmpty();
        return taken;
    }
}
