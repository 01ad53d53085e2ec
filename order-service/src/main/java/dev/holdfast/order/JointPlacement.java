package dev.holdfast.order;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import dev.holdfast.order.payments.WantedHold;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;

/**
 * Places many orders by one call of payments and one statement. What is out of the ordinary with one of them (its hold
 * was not taken, its key is contested, an answer was lost) is left to {@link Orders}, which settles it by itself.
 */
@ApplicationScoped
class JointPlacement {
    private static final Logger LOG = Logger.getLogger(JointPlacement.class);

    /**
     * For statements. Not those that requests wait for: what is held must not queue behind reads. As many as there are batches under way,
     * the last one used again first. A virtual thread would hand each answer of the database over twice.
     */
    private final Executor threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("place orders ", 1).factory());

    private final Orders orders;
    private final PlacedOrders placedOrders;
    private final Payments payments;
    private final OrderMetrics metrics;
    private final Clock clock;

    JointPlacement(Orders orders, PlacedOrders placedOrders, Payments payments, OrderMetrics metrics, Clock clock) {
        this.orders = orders;
        this.placedOrders = placedOrders;
        this.payments = payments;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Settles each of them, now or from another thread, without blocking this one.
     *
     * @return ends when those that need no care of their own are settled; where it fails, that is for the caller to do
     */
    Uni<Void> place(List<PendingPlacement> batch) {
        metrics.placedTogether(batch.size());
        return withoutEarlierOrder(batch)
                .chain(this::hold)
                .chain(reserved -> reserved.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom()
                                .item(reserved)
                                .emitOn(threads)
                                .invoke(this::store)
                                .replaceWithVoid());
    }

    /** Leaves out those whose key has an order, and those that have the same id as another of the batch. */
    private Uni<List<PendingPlacement>> withoutEarlierOrder(List<PendingPlacement> batch) {
        List<NewOrder> withKey = batch.stream()
                .map(PendingPlacement::wish)
                .filter(wish -> wish.idempotencyKey() != null)
                .toList();
        return withKey.isEmpty()
                ? Uni.createFrom().item(batch)
                : Uni.createFrom()
                        .item(withKey)
                        .emitOn(threads)
                        .map(keys -> without(placedOrders.placedWithKeysOf(keys), batch));
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
                each.settleAlone(() -> orders.place(each.id(), each.wish()));
            }
        }
        return open;
    }

    /** Returns those whose money is reserved now. */
    private Uni<List<PendingPlacement>> hold(List<PendingPlacement> open) {
        if (open.isEmpty()) {
            return Uni.createFrom().item(open);
        }
        List<WantedHold> wanted = open.stream()
                .map(each -> new WantedHold(
                        each.id(), each.wish().userId(), each.wish().amount()))
                .toList();
        return Uni.createFrom()
                .deferred(() -> payments.holdJointly(wanted))
                .onItemOrFailure()
                .transform((held, failure) -> failure == null ? reserved(open, held) : noneReserved(open, failure));
    }

    private List<PendingPlacement> reserved(List<PendingPlacement> open, Set<UUID> held) {
        List<PendingPlacement> reserved = new ArrayList<>(open.size());
        for (PendingPlacement each : open) {
            if (held.contains(each.id())) {
                reserved.add(each);
            } else {
                each.settleAlone(() -> orders.place(each.id(), each.wish()));
            }
        }
        return reserved;
    }

    private List<PendingPlacement> noneReserved(List<PendingPlacement> open, Throwable failure) {
        boolean mayHaveArrived = switch (failure) {
            case CircuitBreakerOpenException nothingWasSent -> false;
            case PaymentsUnavailableException known -> known.mayHaveArrived();
            default -> true;
        };
        if (!(failure instanceof CircuitBreakerOpenException)) {
            LOG.warnf("%d orders could not be placed: %s", open.size(), failure.getMessage());
        }
        for (PendingPlacement each : open) {
            if (mayHaveArrived) {
                each.settleAlone(() -> orders.giveUp(each.id(), each.wish()));
            } else {
                each.settle(new Placement.PaymentsUnavailable());
            }
        }
        return List.of();
    }

    private void store(List<PendingPlacement> reserved) {
        Instant now = clock.instant();
        List<Order> wanted = reserved.stream()
                .map(each -> Order.create(each.id(), each.wish(), now))
                .toList();
        Set<UUID> stored;
        try {
            stored = storeWithTraces(reserved, wanted);
        } catch (RuntimeException notStored) {
            LOG.warnf("%d orders could not be stored: %s", reserved.size(), notStored.getMessage());
            reserved.forEach(each -> each.settleAlone(() -> orders.notStored(each.id(), each.wish(), notStored)));
            return;
        }
        for (int i = 0; i < reserved.size(); i++) {
            PendingPlacement each = reserved.get(i);
            if (stored.contains(each.id())) {
                metrics.placed();
                each.settle(new Placement.Placed(wanted.get(i)));
            } else {
                each.settleAlone(() -> orders.contested(each.id(), each.wish()));
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
        TraceContext.with(traces::get, () -> stored.addAll(placedOrders.add(wanted)));
        return stored;
    }
}
