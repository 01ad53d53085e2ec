package dev.holdfast.order.placement;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.order.AuthorizationConfig;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.Orders;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.HoldRequest;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.tracing.BatchSpans;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * The first two steps of the saga, for a batch of orders: their money is held by one call of payments, then they are stored
 * by one statement, together with the requests for their payment. No transaction is open while payments is asked.
 *
 * <p>{@link HoldOutcomes} says what follows from the answers of payments. {@link EarlierOrders} answers requests whose keys
 * have orders already. Where the answer or the commit was lost, {@link GivenUpOrders} settles the order; where somebody else
 * has its id or its key, {@link ContestedOrders} does.
 */
@ApplicationScoped
class BatchPlacement {
    /** How long a key that somebody else is storing keeps the whole batch waiting; then each is stored by itself. */
    private static final Duration STORE_WAIT = Duration.ofMillis(100);

    private final StatementThreads threads;
    private final SingleOrderThreads singleThreads;
    private final ContestedOrders contestedOrders;
    private final GivenUpOrders givenUpOrders;
    private final EarlierOrders earlierOrders;
    private final EarlierHolds earlierHolds;
    private final Orders orders;
    private final OrderIds ids;
    private final Payments payments;
    private final PlacementSpans spans;
    private final AuthorizationConfig authorization;
    private final OrderMetrics metrics;
    private final Clock clock;

    BatchPlacement(
            StatementThreads threads,
            SingleOrderThreads singleThreads,
            ContestedOrders contestedOrders,
            GivenUpOrders givenUpOrders,
            EarlierOrders earlierOrders,
            EarlierHolds earlierHolds,
            Orders orders,
            OrderIds ids,
            Payments payments,
            PlacementSpans spans,
            AuthorizationConfig authorization,
            OrderMetrics metrics,
            Clock clock) {
        this.threads = threads;
        this.singleThreads = singleThreads;
        this.contestedOrders = contestedOrders;
        this.givenUpOrders = givenUpOrders;
        this.earlierOrders = earlierOrders;
        this.earlierHolds = earlierHolds;
        this.orders = orders;
        this.ids = ids;
        this.payments = payments;
        this.spans = spans;
        this.authorization = authorization;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Settles each of them except those it returns, without blocking this thread.
     *
     * @param queue takes those that are to be part of a later batch
     * @return those to be tried again because their accounts are locked; by then the others are settled, or are being
     *     settled by other threads. Where it fails, the caller has to settle all of them
     */
    Uni<List<PendingOrder>> place(List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        metrics.placedTogether(batch.size());
        BatchSpans placed = spans.of(batch);
        return withoutEarlierOrders(PlacementSpans.within(placed, batch), queue)
                .chain(earlierHolds::use)
                .chain(open -> hold(open, placed.shared()))
                .chain(outcomes -> settle(outcomes, queue))
                .onFailure()
                .invoke(placed::failed)
                .onTermination()
                .invoke(placed::close);
    }

    private Uni<List<PendingOrder>> withoutEarlierOrders(List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        return batch.stream().anyMatch(EarlierOrders::hasKey)
                ? threads.call(() -> earlierOrders.settle(batch, queue))
                : Uni.createFrom().item(batch);
    }

    private Uni<HoldOutcomes> hold(List<PendingOrder> open, @Nullable String traceparent) {
        if (open.isEmpty()) {
            return Uni.createFrom().item(HoldOutcomes.of(open, Map.of()));
        }
        List<PendingOrder> manual =
                open.stream().filter(each -> each.request().manual()).toList();
        if (manual.isEmpty()) {
            return hold(open, requests -> payments.hold(requests, traceparent));
        }
        // Their holds last longer, which is said for all holds of a call.
        Duration expiry = authorization.expiry().plus(authorization.holdMargin());
        Uni<HoldOutcomes> authorized =
                hold(manual, requests -> payments.holdUntilCaptured(requests, expiry, traceparent));
        List<PendingOrder> others =
                open.stream().filter(each -> !each.request().manual()).toList();
        return others.isEmpty()
                ? authorized
                : Uni.combine()
                        .all()
                        .unis(hold(others, requests -> payments.hold(requests, traceparent)), authorized)
                        .with(HoldOutcomes::and);
    }

    private static Uni<HoldOutcomes> hold(
            List<PendingOrder> open, Function<List<HoldRequest>, Uni<Map<UUID, HoldAnswer>>> call) {
        List<HoldRequest> requests = open.stream()
                .map(each -> new HoldRequest(
                        each.id(), each.request().userId(), each.request().amount()))
                .toList();
        return Uni.createFrom()
                .deferred(() -> call.apply(requests))
                .map(answers -> HoldOutcomes.of(open, answers))
                .onFailure()
                .recoverWithItem(failure -> unanswered(open, failure));
    }

    private static HoldOutcomes unanswered(List<PendingOrder> open, Throwable failure) {
        if (!(failure instanceof CircuitBreakerOpenException)) {
            PlacementLog.warn(open, "placed", failure);
        }
        return HoldOutcomes.unanswered(open, failure);
    }

    /** @return those that are to be tried again */
    private Uni<List<PendingOrder>> settle(HoldOutcomes outcomes, Consumer<PendingOrder> queue) {
        outcomes.settled().forEach(PendingOrder::settle);
        outcomes.idUsedUp().forEach(each -> placeUnderNextId(each, queue));
        return outcomes.needStatements()
                ? threads.run(() -> settleByStatements(outcomes, queue)).replaceWith(outcomes.undecided())
                : Uni.createFrom().item(outcomes.undecided());
    }

    private void settleByStatements(HoldOutcomes outcomes, Consumer<PendingOrder> queue) {
        outcomes.toStoreByCapture().forEach(held -> store(held, idUsedUp -> placeUnderNextId(idUsedUp, queue)));
        if (!outcomes.refusedWithKey().isEmpty()) {
            earlierOrders.refuse(outcomes.refusedWithKey());
        }
        if (!outcomes.unknown().isEmpty()) {
            givenUpOrders.giveUp(outcomes.unknown(), null);
        }
    }

    private void placeUnderNextId(PendingOrder each, Consumer<PendingOrder> queue) {
        int next = each.attempt() + 1;
        if (next > OrderIds.ATTEMPTS_MAX) {
            each.settle(new Placement.KeyExhausted());
        } else {
            queue.accept(each.under(ids.id(each.request(), next), next));
        }
    }

    /** @param held all of them to be charged by themselves, or none */
    private void store(List<PendingOrder> held, Consumer<PendingOrder> idUsedUp) {
        Instant now = clock.instant();
        List<Order> created = held.stream()
                .map(each -> orders.create(each.id(), each.request(), now))
                .toList();
        Set<UUID> stored;
        try {
            stored = storeWithTraces(held, created);
        } catch (RuntimeException notStored) {
            PlacementLog.warn(held, "stored", notStored);
            if (PassingFailure.isLock(notStored)) {
                // One of them waits for somebody; which one, each finds out by itself.
                held.forEach(each -> singleThreads.settle(each, () -> contestedOrders.store(each, idUsedUp)));
            } else {
                givenUpOrders.giveUp(held, notStored);
            }
            return;
        }
        for (int i = 0; i < held.size(); i++) {
            PendingOrder each = held.get(i);
            if (stored.contains(each.id())) {
                metrics.placed();
                each.settle(new Placement.Placed(created.get(i)));
            } else {
                singleThreads.settle(each, () -> contestedOrders.settle(each, idUsedUp));
            }
        }
    }

    private Set<UUID> storeWithTraces(List<PendingOrder> held, List<Order> created) {
        Map<UUID, String> traces = new HashMap<>();
        for (PendingOrder each : held) {
            if (each.traceparent() != null) {
                traces.put(each.id(), each.traceparent());
            }
        }
        return TraceContext.call(traces::get, held.getFirst().traceparent(), () -> orders.add(created, STORE_WAIT));
    }
}
