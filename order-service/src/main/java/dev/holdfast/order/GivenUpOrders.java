package dev.holdfast.order;

import dev.holdfast.order.compensation.CompensationWorker;
import dev.holdfast.order.compensation.Compensations;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Orders that could not be stored though their money may be held. First their ids are given up, so that nobody can store
 * them any more; then what is held under them is released, by the worker, as soon as payments can be reached. A hold
 * that was released before could be the one of an order that another replica stores at this moment.
 */
@ApplicationScoped
class GivenUpOrders {
    /** An order that was to be placed under this id. */
    record Attempt(UUID id, NewOrder wish) {}

    private final PlacedOrders orders;
    private final Compensations compensations;
    private final CompensationWorker worker;

    GivenUpOrders(PlacedOrders orders, Compensations compensations, CompensationWorker worker) {
        this.orders = orders;
        this.compensations = compensations;
        this.worker = worker;
    }

    /**
     * Gives up all of them that were not stored after all, by another request with the same key or by a commit whose
     * answer was lost.
     *
     * @return the orders that there are all the same, under the same id or for the same key, by the id of the attempt
     * @throws dev.holdfast.delivery.DatabaseException when none was given up; their holds are left to expire
     */
    Map<UUID, Order> giveUp(List<Attempt> attempts) {
        Map<UUID, UUID> userIds = new HashMap<>();
        attempts.forEach(each -> userIds.put(each.id, each.wish.userId()));
        Set<UUID> givenUp = compensations.abandon(userIds);
        worker.wake();
        Map<UUID, Order> stored = new HashMap<>();
        List<UUID> others = new ArrayList<>(userIds.keySet());
        others.removeAll(givenUp);
        if (!others.isEmpty()) {
            orders.placedUnder(others).forEach(order -> stored.put(order.id, order));
        }
        List<Attempt> withKey = attempts.stream()
                .filter(each -> givenUp.contains(each.id) && each.wish.idempotencyKey() != null)
                .toList();
        if (!withKey.isEmpty()) {
            List<Order> winners =
                    orders.placedWithKeysOf(withKey.stream().map(Attempt::wish).toList());
            for (Attempt each : withKey) {
                winners.stream()
                        .filter(each.wish::isKeyOf)
                        .findFirst()
                        .ifPresent(winner -> stored.put(each.id, winner));
            }
        }
        return stored;
    }
}
