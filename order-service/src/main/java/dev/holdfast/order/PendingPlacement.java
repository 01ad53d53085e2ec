package dev.holdfast.order;

import dev.holdfast.delivery.TraceContext;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A wish that somebody waits for.
 *
 * @param id the order id to try first
 * @param traceparent the trace of its request, null where it has none
 * @param sinceNanos when it came, by {@link System#nanoTime}
 * @param outcome completed once, with what became of it
 */
record PendingPlacement(
        UUID id, NewOrder wish, @Nullable String traceparent, long sinceNanos, CompletableFuture<Placement> outcome) {

    static PendingPlacement of(UUID id, NewOrder wish, @Nullable String traceparent) {
        return new PendingPlacement(id, wish, traceparent, System.nanoTime(), new CompletableFuture<>());
    }

    /** The same under another order id. */
    PendingPlacement under(UUID otherId) {
        return new PendingPlacement(otherId, wish, traceparent, sinceNanos, outcome);
    }

    long waitedNanos() {
        return System.nanoTime() - sinceNanos;
    }

    void settle(Placement placement) {
        outcome.complete(placement);
    }

    void fail(Throwable failure) {
        outcome.completeExceptionally(failure);
    }

    /** On this thread, in the trace of its request. */
    void settleBy(Supplier<Placement> decision) {
        TraceContext.with(order -> traceparent, () -> {
            try {
                settle(decision.get());
            } catch (Throwable e) {
                // Whatever it is, somebody waits for an answer.
                fail(e);
            }
        });
    }
}
