package dev.holdfast.order.placement;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.order.OrderRequest;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request for an order that somebody waits for.
 *
 * @param id the order id that it is tried under
 * @param attempt which one of its ids that is, see {@link OrderIds}; 0 for one that an earlier secret gave it
 * @param traceparent the trace of its request, null where it has none
 * @param sinceNanos when it came, by {@link System#nanoTime}
 * @param outcome completed once, with what became of it
 */
record PendingOrder(
        UUID id,
        int attempt,
        OrderRequest request,
        @Nullable String traceparent,
        long sinceNanos,
        CompletableFuture<Placement> outcome) {

    static PendingOrder first(UUID id, OrderRequest request, @Nullable String traceparent) {
        return new PendingOrder(id, 1, request, traceparent, System.nanoTime(), new CompletableFuture<>());
    }

    /** The same under another order id. */
    PendingOrder under(UUID otherId, int otherAttempt) {
        return new PendingOrder(otherId, otherAttempt, request, traceparent, sinceNanos, outcome);
    }

    /** The same as a part of another span of its trace. */
    PendingOrder in(@Nullable String otherTraceparent) {
        return new PendingOrder(id, attempt, request, otherTraceparent, sinceNanos, outcome);
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

    /** Runs what settles it on this thread, in the trace of its request; where that fails, so does the request. */
    void settleBy(Runnable decision) {
        TraceContext.with(traceparent, () -> {
            try {
                decision.run();
            } catch (Throwable e) {
                // Whatever it is, somebody waits for an answer.
                fail(e);
            }
        });
    }
}
