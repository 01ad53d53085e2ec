package dev.holdfast.order.placement;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.logging.LogField;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import dev.holdfast.order.compensation.CompensationWorker;
import dev.holdfast.order.compensation.Compensations;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Orders that could not be stored although their money may be held. First their ids are given up, so that nobody can store
 * them any more. Then the worker of compensations releases their holds, as soon as payments can be reached. In the opposite
 * order, a hold could be released while another replica stores its order.
 */
@ApplicationScoped
class GivenUpOrders {
    private static final Logger LOG = Logger.getLogger(GivenUpOrders.class);

    private final Orders orders;
    private final Compensations compensations;
    private final CompensationWorker worker;
    private final Payments payments;
    private final SingleOrderThreads threads;

    GivenUpOrders(
            Orders orders,
            Compensations compensations,
            CompensationWorker worker,
            Payments payments,
            SingleOrderThreads threads) {
        this.orders = orders;
        this.compensations = compensations;
        this.worker = worker;
        this.payments = payments;
        this.threads = threads;
    }

    /**
     * Gives up and settles all of them that were not stored after all.
     *
     * @param failure why they were not stored, null where payments gave no answer
     */
    void giveUp(List<PendingOrder> lost, @Nullable RuntimeException failure) {
        Map<UUID, OrderRequest> requests = HashMap.newHashMap(lost.size());
        lost.forEach(each -> requests.put(each.id(), each.request()));
        Map<UUID, Order> stored;
        try {
            stored = giveUp(requests);
        } catch (RuntimeException e) {
            PlacementLog.warn(lost, "given up", e);
            lost.forEach(each -> threads.execute(
                    () -> TraceContext.with(each.traceparent(), () -> releaseUnlessShared(each.id(), each.request()))));
            stored = Map.of();
        }
        for (PendingOrder each : lost) {
            Order order = stored.get(each.id());
            if (order != null) {
                each.settle(Placement.replay(each.request(), order));
            } else if (failure != null) {
                each.fail(failure);
            } else {
                each.settle(new Placement.PaymentsUnavailable());
            }
        }
    }

    /**
     * Gives up the ids of all requests that were not stored after all, by another request with the same key or by a commit
     * whose answer was lost.
     *
     * @return the orders that there are all the same, under the same id or for the same key, by the id of the request
     * @throws dev.holdfast.delivery.database.DatabaseException when none was given up; their holds are left to expire
     */
    Map<UUID, Order> giveUp(Map<UUID, OrderRequest> requests) {
        Map<UUID, UUID> userIds = HashMap.newHashMap(requests.size());
        requests.forEach((id, request) -> userIds.put(id, request.userId()));
        Set<UUID> givenUp = compensations.abandon(userIds);
        worker.wake();
        Map<UUID, Order> stored = new HashMap<>();
        List<UUID> others =
                requests.keySet().stream().filter(id -> !givenUp.contains(id)).toList();
        if (!others.isEmpty()) {
            orders.placedUnder(others).forEach(order -> stored.put(order.id, order));
        }
        Map<UUID, OrderRequest> withKey = new HashMap<>(requests);
        withKey.entrySet()
                .removeIf(each ->
                        !givenUp.contains(each.getKey()) || each.getValue().idempotencyKey() == null);
        if (!withKey.isEmpty()) {
            List<Order> winners = orders.placedWithKeysOf(List.copyOf(withKey.values()));
            withKey.forEach((id, request) ->
                    winners.stream().filter(request::isKeyOf).findFirst().ifPresent(winner -> stored.put(id, winner)));
        }
        return stored;
    }

    /**
     * Best effort, for an order that could be neither stored nor given up because the database is away. If it was stored after
     * all, it ends CANCELLED, as its client was told that it failed. An order with an idempotency key may have been stored by
     * another request, whose client was told so: its hold is left to expire.
     */
    private void releaseUnlessShared(UUID id, OrderRequest request) {
        try {
            if (request.idempotencyKey() == null) {
                payments.release(request.userId(), id);
            }
        } catch (PaymentsUnavailableException e) {
            LOG.warnf(
                    "The hold of order %s of user %s is left to expire: %s",
                    LogField.order(id), LogField.user(request.userId()), e.getMessage());
        }
    }
}
