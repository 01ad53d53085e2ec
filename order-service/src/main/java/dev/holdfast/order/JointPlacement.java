package dev.holdfast.order;

import dev.holdfast.delivery.PassingFailure;
import dev.holdfast.delivery.TraceContext;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import dev.holdfast.order.payments.WantedHold;
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
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Places many orders by one call of payments and one statement. Refusals are answered from the same call, orders whose
 * answer was lost are given up by one statement. What else is out of the ordinary with one of them (its hold cannot be
 * used, its key is contested) is left to {@link Orders}, which settles it by itself.
 */
@ApplicationScoped
class JointPlacement {
    private static final Logger LOG = Logger.getLogger(JointPlacement.class);
    /** How long a key that somebody else is storing keeps the whole batch waiting; then each is stored by itself. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final StatementThreads threads;
    private final LoneOrders lone;
    private final Orders orders;
    private final PlacedOrders placedOrders;
    private final EarlierHolds earlierHolds;
    private final GivenUpOrders givenUpOrders;
    private final Payments payments;
    private final OrderMetrics metrics;
    private final Clock clock;

    JointPlacement(
            StatementThreads threads,
            LoneOrders lone,
            Orders orders,
            PlacedOrders placedOrders,
            EarlierHolds earlierHolds,
            GivenUpOrders givenUpOrders,
            Payments payments,
            OrderMetrics metrics,
            Clock clock) {
        this.threads = threads;
        this.lone = lone;
        this.orders = orders;
        this.placedOrders = placedOrders;
        this.earlierHolds = earlierHolds;
        this.givenUpOrders = givenUpOrders;
        this.payments = payments;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Settles each of them but for those it returns, now or from another thread, without blocking this one.
     *
     * @return those whose accounts are locked and which are to be tried again, once the others need no care but their
     *     own; where it fails, the caller has to settle all
     */
    Uni<List<PendingPlacement>> place(List<PendingPlacement> batch) {
        metrics.placedTogether(batch.size());
        return withoutEarlierOrder(batch)
                .chain(earlierHolds::use)
                .chain(this::hold)
                .chain(answered -> answered.needsStatements()
                        ? threads.run(() -> settle(answered)).replaceWith(answered.busy)
                        : Uni.createFrom().item(answered.busy));
    }

    /** Leaves out those whose key has an order, and those that have the same id as another of the batch. */
    private Uni<List<PendingPlacement>> withoutEarlierOrder(List<PendingPlacement> batch) {
        List<NewOrder> withKey = withKey(batch);
        return withKey.isEmpty()
                ? Uni.createFrom().item(batch)
                : threads.call(() -> without(placedOrders.placedWithKeysOf(withKey), batch));
    }

    private static List<NewOrder> withKey(List<PendingPlacement> orders) {
        return orders.stream()
                .map(PendingPlacement::wish)
                .filter(wish -> wish.idempotencyKey() != null)
                .toList();
    }

    private List<PendingPlacement> without(List<Order> earlier, List<PendingPlacement> batch) {
        List<PendingPlacement> open = new ArrayList<>(batch.size());
        Set<UUID> ids = HashSet.newHashSet(batch.size());
        for (PendingPlacement each : batch) {
            Optional<Order> order =
                    earlier.stream().filter(each.wish()::isKeyOf).findFirst();
            if (order.isPresent()) {
                each.settle(Orders.replay(each.wish(), order.get()));
            } else if (ids.add(each.id())) {
                open.add(each);
            } else {
                lone.tryToPlace(each, () -> orders.place(each.id(), each.wish()));
            }
        }
        return open;
    }

    /** What payments said to a batch, as far as something is to be done about it. */
    private record Answered(
            List<PendingPlacement> reserved,
            Map<PendingPlacement, HoldAnswer.Refused> refusedWithKey,
            List<PendingPlacement> busy,
            List<PendingPlacement> lost) {
        Answered() {
            this(new ArrayList<>(), new HashMap<>(), new ArrayList<>(), new ArrayList<>());
        }

        boolean needsStatements() {
            return !reserved.isEmpty() || !refusedWithKey.isEmpty() || !lost.isEmpty();
        }
    }

    private Uni<Answered> hold(List<PendingPlacement> open) {
        if (open.isEmpty()) {
            return Uni.createFrom().item(new Answered());
        }
        List<WantedHold> wanted = open.stream()
                .map(each -> new WantedHold(
                        each.id(), each.wish().userId(), each.wish().amount()))
                .toList();
        return Uni.createFrom()
                .deferred(() -> payments.holdJointly(wanted))
                .onItemOrFailure()
                .transform((answers, failure) -> failure == null ? answered(open, answers) : unanswered(open, failure));
    }

    private Answered answered(List<PendingPlacement> open, Map<UUID, HoldAnswer> answers) {
        Answered answered = new Answered();
        for (PendingPlacement each : open) {
            switch (answers.get(each.id())) {
                case HoldAnswer.Held held -> answered.reserved.add(each);
                case HoldAnswer.AccountBusy busy -> answered.busy.add(each);
                case HoldAnswer.Refused refused when Orders.blocksOnlyTheId(refused, each.wish()) -> placeAlone(each);
                case HoldAnswer.Refused refused
                when each.wish().idempotencyKey() != null -> answered.refusedWithKey.put(each, refused);
                case HoldAnswer.Refused refused -> each.settle(new Placement.Refused(refused));
                case null -> placeAlone(each);
            }
        }
        return answered;
    }

    private void placeAlone(PendingPlacement each) {
        lone.tryToPlace(each, () -> orders.place(each.id(), each.wish()));
    }

    private static Answered unanswered(List<PendingPlacement> open, Throwable failure) {
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

    private void settle(Answered answered) {
        if (!answered.reserved.isEmpty()) {
            store(answered.reserved);
        }
        if (!answered.refusedWithKey.isEmpty()) {
            refuse(answered.refusedWithKey);
        }
        if (!answered.lost.isEmpty()) {
            giveUp(answered.lost, null);
        }
    }

    private void store(List<PendingPlacement> held) {
        Instant now = clock.instant();
        List<Order> wanted = held.stream()
                .map(each -> Order.create(each.id(), each.wish(), now))
                .toList();
        Set<UUID> stored;
        try {
            stored = storeWithTraces(held, wanted);
        } catch (RuntimeException notStored) {
            LOG.warnf("%d orders could not be stored: %s", held.size(), notStored.getMessage());
            if (PassingFailure.isLock(notStored)) {
                // One of them waits for somebody; which one, each finds out by itself.
                held.forEach(each -> lone.settle(each, () -> orders.storeHeld(each.id(), each.wish())));
            } else {
                giveUp(held, notStored);
            }
            return;
        }
        for (int i = 0; i < held.size(); i++) {
            PendingPlacement each = held.get(i);
            if (stored.contains(each.id())) {
                metrics.placed();
                each.settle(new Placement.Placed(wanted.get(i)));
            } else {
                lone.settle(each, () -> orders.contested(each.id(), each.wish()));
            }
        }
    }

    private Set<UUID> storeWithTraces(List<PendingPlacement> reserved, List<Order> wanted) {
        Map<UUID, String> traces = new HashMap<>();
        for (PendingPlacement each : reserved) {
            if (each.traceparent() != null) {
                traces.put(each.id(), each.traceparent());
            }
        }
        Set<UUID> stored = new HashSet<>();
        TraceContext.with(traces::get, () -> stored.addAll(placedOrders.add(wanted, PATIENCE)));
        return stored;
    }

    /** A refusal may come of the order that another request with the same key has placed meanwhile. */
    private void refuse(Map<PendingPlacement, HoldAnswer.Refused> refused) {
        List<Order> winners;
        try {
            winners = placedOrders.placedWithKeysOf(withKey(List.copyOf(refused.keySet())));
        } catch (RuntimeException e) {
            // Nothing is held for these. The others of the batch may be on their way still, and must not be failed with
            // them.
            refused.keySet().forEach(each -> each.fail(e));
            return;
        }
        refused.forEach((each, why) -> each.settle(winners.stream()
                .filter(each.wish()::isKeyOf)
                .findFirst()
                .map(winner -> Orders.replay(each.wish(), winner))
                .orElseGet(() -> new Placement.Refused(why))));
    }

    /** @param failure why they were not stored, null where payments gave no answer */
    private void giveUp(List<PendingPlacement> lost, @Nullable RuntimeException failure) {
        Map<UUID, Order> stored;
        try {
            stored = givenUpOrders.giveUp(lost.stream()
                    .map(each -> new GivenUpOrders.Attempt(each.id(), each.wish()))
                    .toList());
        } catch (RuntimeException e) {
            LOG.warnf("%d orders could not be given up: %s", lost.size(), e.getMessage());
            lost.forEach(each -> lone.execute(() -> orders.releaseUnlessShared(each.id(), each.wish())));
            stored = Map.of();
        }
        for (PendingPlacement each : lost) {
            Order order = stored.get(each.id());
            if (order != null) {
                each.settle(Orders.replay(each.wish(), order));
            } else if (failure != null) {
                each.fail(failure);
            } else {
                each.settle(new Placement.PaymentsUnavailable());
            }
        }
    }
}
