package dev.holdfast.order.placement;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * For the statements of batches. Not the threads that requests wait for: what is held must not queue behind reads. As many
 * as there are batches under way, the last one used again first; so many of them at once as the configuration gives them
 * connections. A virtual thread would hand each answer of the database over twice.
 */
@ApplicationScoped
class StatementThreads {
    private final Executor threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("place orders ", 1).factory());
    private final Semaphore connections;

    StatementThreads(PlacementConfig config) {
        connections = new Semaphore(config.statements());
    }

    /** @return what comes of it, on one of these threads */
    <T> Uni<T> call(Supplier<T> statements) {
        return Uni.createFrom().item(() -> inTurn(statements)).runSubscriptionOn(threads);
    }

    Uni<Void> run(Runnable statements) {
        return call(() -> {
                    statements.run();
                    return true;
                })
                .replaceWithVoid();
    }

    private <T> T inTurn(Supplier<T> statements) {
        connections.acquireUninterruptibly();
        try {
            return statements.get();
        } finally {
            connections.release();
        }
    }
}
