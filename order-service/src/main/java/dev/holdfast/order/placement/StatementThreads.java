package dev.holdfast.order.placement;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Threads for the statements of batches, one for each batch under way. They are not those of requests, because orders whose
 * money is held must not wait behind reads. The configuration says how many may use a connection at once. Virtual threads
 * would hand each answer of the database over twice.
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
