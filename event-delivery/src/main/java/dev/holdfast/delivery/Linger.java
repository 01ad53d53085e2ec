package dev.holdfast.delivery;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets batches grow under load: only where the last one held more than one, the next is waited for a moment. A lone
 * message is never delayed. A longer pause makes larger batches and later events.
 */
final class Linger {
    private static final long PAUSE_NANOS = 25_000_000;

    private boolean busy;

    void await() {
        if (busy) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** @param largest what a batch can have at most: behind a full one others wait already */
    void lastBatch(int size, int largest) {
        busy = size > 1 && size < largest;
    }
}
