package dev.holdfast.order.placement;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Settles exceptional orders one by one, outside of their batches. Only a few run at once, so that many exceptions neither
 * overload a service in trouble nor take the connections of other batches.
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

    /** Runs a task that no request waits for. */
    void execute(Runnable task) {
        threads.execute(task);
    }
}
