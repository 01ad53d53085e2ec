package dev.holdfast.order.placement;

import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import dev.holdfast.order.payments.HoldAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers requests by the orders that earlier requests with the same idempotency keys have placed. */
@ApplicationScoped
class EarlierOrders {
    private final Function<List<OrderRequest>, List<Order>> placedWithKeys;

    @Inject
    EarlierOrders(Orders orders) {
        this(orders::placedWithKeysOf);
    }

    EarlierOrders(Function<List<OrderRequest>, List<Order>> placedWithKeys) {
        this.placedWithKeys = placedWithKeys;
    }

    static boolean hasKey(PendingOrder pending) {
        return pending.request().idempotencyKey() != null;
    }

    /**
     * Settles those whose keys have an order. Of several that have the same id, the first one stays in the batch and the
     * others wait for it.
     *
     * @param queue takes each of those that waited when the first one is settled
     * @return those that stay in the batch
     */
    List<PendingOrder> settle(List<PendingOrder> batch, Consumer<PendingOrder> queue) {
        List<Order> earlier = ofKeys(batch);
        List<PendingOrder> open = new ArrayList<>(batch.size());
        Map<UUID, PendingOrder> byId = HashMap.newHashMap(batch.size());
        for (PendingOrder each : batch) {
            Optional<Order> order = of(each, earlier);
            if (order.isPresent()) {
                each.settle(Placement.replay(each.request(), order.get()));
                continue;
            }
            PendingOrder first = byId.putIfAbsent(each.id(), each);
            if (first == null) {
                open.add(each);
            } else {
                first.outcome().whenComplete((placement, failure) -> queue.accept(each));
            }
        }
        return open;
    }

    /** Settles those that payments refused. The refusal may come of the order that another request with the key has placed meanwhile. */
    void refuse(Map<PendingOrder, HoldAnswer.Refused> refused) {
        List<Order> winners;
        try {
            winners = ofKeys(refused.keySet());
        } catch (RuntimeException e) {
            // Nothing is held for these. The rest of their batch may still be on its way, and must not fail with them.
            refused.keySet().forEach(each -> each.fail(e));
            return;
        }
        refused.forEach((each, reason) -> each.settle(of(each, winners)
                .map(winner -> Placement.replay(each.request(), winner))
                .orElseGet(() -> new Placement.Refused(reason))));
    }

    private List<Order> ofKeys(Collection<PendingOrder> pending) {
        return placedWithKeys.apply(pending.stream()
                .filter(EarlierOrders::hasKey)
                .map(PendingOrder::request)
                .toList());
    }

    private static Optional<Order> of(PendingOrder pending, List<Order> orders) {
        return orders.stream().filter(pending.request()::isKeyOf).findFirst();
    }
}
