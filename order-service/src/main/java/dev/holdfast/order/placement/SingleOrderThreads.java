package dev.holdfast.order.placement;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Settles orders one by one beside the batches they came in: a few at once, so that a batch with many exceptions neither
 * overruns a service in trouble nor takes the connections of the others.
 */
@ApplicationScoped
class SingleOrderThreads {
    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    SingleOrderThreads(PlacementConfig config) {
        // The queue holds no more than the requests under way, which are bounded.
        threads = new ThreadPoolExecutor(
                config.singleOrders(),
                config.singleOrders(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("place order ", 1).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Settles an order that may have money reserved, however long it has to wait for its turn. */
    void settle(PendingOrder order, Runnable decision) {
        threads.execute(() -> order.settleBy(decision));
    }

    /** What nobody waits for. */
    void execute(Runnable task) {
        threads.execute(task);
    }
}
