package dev.holdfast.order;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Settles orders one by one beside the batches they came in: a few at once, so that a batch in which much is out of the
 * ordinary neither overruns a service in trouble nor takes the connections of the others.
 */
@ApplicationScoped
class LoneOrders {
    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;
    private final long maxWaitNanos;

    LoneOrders(PlacementConfig config) {
        maxWaitNanos = config.maxWait().toNanos();
        // The queue holds no more than the requests under way, which are bounded.
        threads = new ThreadPoolExecutor(
                config.lone(),
                config.lone(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("place order ", 1).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Settles an order that may have money reserved, however long it has to wait for its turn. */
    void settle(PendingPlacement pending, Supplier<Placement> decision) {
        threads.execute(() -> pending.settleBy(decision));
    }

    /** The same for an order that has nothing reserved: where its turn comes too late, it is refused as overload. */
    void tryToPlace(PendingPlacement pending, Supplier<Placement> decision) {
        threads.execute(() -> pending.settleBy(
                () -> pending.waitedNanos() > maxWaitNanos ? new Placement.Overloaded() : decision.get()));
    }

    /** What nobody waits for. */
    void execute(Runnable task) {
        threads.execute(task);
    }
}
