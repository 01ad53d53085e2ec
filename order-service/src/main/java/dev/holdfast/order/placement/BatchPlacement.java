package dev.holdfast.order.placement;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.HoldRequest;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;

/**
 * The first two steps of the saga, for a batch of orders: their money is held by one call of payments, then they are stored
 * by one statement, together with the requests for their payment. No transaction is open while payments is asked.
 *
 * <p>Each order is settled from what these two say. Where they leave something open (the answer was lost, somebody else has
 * the id or the key), {@link GivenUpOrders} and {@link ContestedOrders} settle it.
 */
@ApplicationScoped
class BatchPlacement {
    private static final Logger LOG = Logger.getLogger(BatchPlacement.class);
    /** How long a key that somebody else is storing keeps the whole batch waiting; then each is stored by itself. */
    private static final Duration STORE_WAIT = Duration.ofMillis(100);

    private final StatementThreads threads;
    private final SingleOrderThreads singleThreads;
    private final ContestedOrders contestedOrders;
    private final GivenUpOrders givenUpOrders;
    private final EarlierHolds earlierHolds;
    private final Orders orders;
    private final OrderIds ids;
    private final Payments payments;
    private final OrderMetrics metrics;
    private final Clock clock;

    BatchPlacement(
            StatementThreads threads,
            SingleOrderThreads singleThreads,
            ContestedOrders contestedOrders,
            GivenUpOrders givenUpOrders,
            EarlierHolds earlierHolds,
            Orders orders,
            OrderIds ids,
            Payments payments,
            OrderMetrics metrics,
            Clock clock) {
        this.threads = threads;
        this.singleThreads = singleThreads;
        this.contestedOrders = contestedOrders;
        this.givenUpOrders = givenUpOrders;
        this.earlierHolds = earlierHolds;
        this.orders = orders;
        this.ids = ids;
        this.payments = payments;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Settles each of them but for those it returns, now or from another thread, without blocking this one.
     *
     * @param queue takes those that are to be part of a later batch
     * @return those whose accounts are locked and which are to be tried again, once the others need no care but their
     *     own; where it fails, the caller has to settle all
     */
    Uni<List<PendingOrder>> place(List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        metrics.placedTogether(batch.size());
        return withoutEarlierOrder(batch, queue)
                .chain(earlierHolds::use)
                .chain(open -> hold(open, queue))
                .chain(answered -> answered.needsStatements()
                        ? threads.run(() -> settle(answered, queue)).replaceWith(answered.busy)
                        : Uni.createFrom().item(answered.busy));
    }

    /** Leaves out those whose key has an order, and those that have the same id as another of the batch: they wait for it. */
    private Uni<List<PendingOrder>> withoutEarlierOrder(List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        List<OrderRequest> withKey = withKey(batch);
        return withKey.isEmpty()
                ? Uni.createFrom().item(batch)
                : threads.call(() -> without(orders.placedWithKeysOf(withKey), batch, queue));
    }

    private static List<OrderRequest> withKey(List<PendingOrder> batch) {
        return batch.stream()
                .map(PendingOrder::request)
                .filter(request -> request.idempotencyKey() != null)
                .toList();
    }

    private static List<PendingOrder> without(
            List<Order> earlier, List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        List<PendingOrder> open = new ArrayList<>(batch.size());
        Map<UUID, PendingOrder> byId = HashMap.newHashMap(batch.size());
        for (PendingOrder each : batch) {
            Optional<Order> order =
                    earlier.stream().filter(each.request()::isKeyOf).findFirst();
            if (order.isPresent()) {
                each.settle(Placement.replay(each.request(), order.get()));
                continue;
            }
            PendingOrder same = byId.putIfAbsent(each.id(), each);
            if (same == null) {
                open.add(each);
            } else {
                same.outcome().whenComplete((placement, failure) -> queue.accept(each));
            }
        }
        return open;
    }

    /** What payments said to a batch, as far as something is to be done about it. */
    private record Answered(
            List<PendingOrder> toStore,
            Map<PendingOrder, HoldAnswer.Refused> refusedWithKey,
            List<PendingOrder> busy,
            List<PendingOrder> lost) {
        Answered() {
            this(new ArrayList<>(), new HashMap<>(), new ArrayList<>(), new ArrayList<>());
        }

        boolean needsStatements() {
            return !toStore.isEmpty() || !refusedWithKey.isEmpty() || !lost.isEmpty();
        }
    }

    private Uni<Answered> hold(List<PendingOrder> open, Consumer<PendingOrder> queue) {
        if (open.isEmpty()) {
            return Uni.createFrom().item(new Answered());
        }
        List<HoldRequest> requests = open.stream()
                .map(each -> new HoldRequest(
                        each.id(), each.request().userId(), each.request().amount()))
                .toList();
        return Uni.createFrom()
                .deferred(() -> payments.hold(requests))
                .onItemOrFailure()
                .transform((answers, failure) ->
                        failure == null ? answered(open, answers, queue) : unanswered(open, failure));
    }

    private Answered answered(List<PendingOrder> open, Map<UUID, HoldAnswer> answers, Consumer<PendingOrder> queue) {
        Answered answered = new Answered();
        for (PendingOrder each : open) {
            boolean hasKey = each.request().idempotencyKey() != null;
            switch (answers.get(each.id())) {
                case HoldAnswer.Held held -> answered.toStore.add(each);
                case HoldAnswer.AccountBusy busy -> answered.busy.add(each);
                case HoldAnswer.Refused refused
                when hasKey && refused.blocksOnlyTheId() -> placeUnderNextId(each, queue);
                case HoldAnswer.Refused refused when hasKey -> answered.refusedWithKey.put(each, refused);
                case HoldAnswer.Refused refused -> each.settle(new Placement.Refused(refused));
                // Payments could not decide: one of its replicas is of another version.
                case null -> answered.busy.add(each);
            }
        }
        return answered;
    }

    private void placeUnderNextId(PendingOrder each, Consumer<PendingOrder> queue) {
        int next = each.attempt() + 1;
        if (next > OrderIds.ATTEMPTS_MAX) {
            each.settle(new Placement.KeyExhausted());
        } else {
            queue.accept(each.under(ids.id(each.request(), next), next));
        }
    }

    private static Answered unanswered(List<PendingOrder> open, Throwable failure) {
        boolean mayHaveArrived = switch (failure) {
            case CircuitBreakerOpenException nothingWasSent -> false;
            case PaymentsUnavailableException known -> known.mayHaveArrived();
            default -> true;
        };
        if (!(failure instanceof CircuitBreakerOpenException)) {
            LOG.warnf("%d orders could not be placed: %s", open.size(), failure.getMessage());
        }
        Answered answered = new Answered();
        if (mayHaveArrived) {
            answered.lost.addAll(open);
        } else {
            open.forEach(each -> each.settle(new Placement.PaymentsUnavailable()));
        }
        return answered;
    }

    private void settle(Answered answered, Consumer<PendingOrder> queue) {
        if (!answered.toStore.isEmpty()) {
            store(answered.toStore, idUsedUp -> placeUnderNextId(idUsedUp, queue));
        }
        if (!answered.refusedWithKey.isEmpty()) {
            refuse(answered.refusedWithKey);
        }
        if (!answered.lost.isEmpty()) {
            givenUpOrders.giveUp(answered.lost, null);
        }
    }

    private void store(List<PendingOrder> held, Consumer<PendingOrder> idUsedUp) {
        Instant now = clock.instant();
        List<Order> created = held.stream()
                .map(each -> Order.create(each.id(), each.request(), now))
                .toList();
        Set<UUID> stored;
        try {
            stored = storeWithTraces(held, created);
        } catch (RuntimeException notStored) {
            LOG.warnf("%d orders could not be stored: %s", held.size(), notStored.getMessage());
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
        Set<UUID> stored = new HashSet<>();
        TraceContext.with(traces::get, () -> stored.addAll(orders.add(created, STORE_WAIT)));
        return stored;
    }

    /** A refusal may come of the order that another request with the same key has placed meanwhile. */
    private void refuse(Map<PendingOrder, HoldAnswer.Refused> refused) {
        List<Order> winners;
        try {
            winners = orders.placedWithKeysOf(withKey(List.copyOf(refused.keySet())));
        } catch (RuntimeException e) {
            // Nothing is held for these. The others of the batch may be on their way still, and must not be failed with
            // them.
            refused.keySet().forEach(each -> each.fail(e));
            return;
        }
        refused.forEach((each, reason) -> each.settle(winners.stream()
                .filter(each.request()::isKeyOf)
                .findFirst()
                .map(winner -> Placement.replay(each.request(), winner))
                .orElseGet(() -> new Placement.Refused(reason))));
    }
}
