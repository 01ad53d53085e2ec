package dev.holdfast.order.placement;

import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders of one user, as tests need them. */
final class PendingOrders {
    static final UUID USER = UUID.randomUUID();

    private PendingOrders() {}

    static PendingOrder pending(@Nullable String key) {
        return pending(UUID.randomUUID(), key);
    }

    static PendingOrder pending(UUID id, @Nullable String key) {
        return PendingOrder.first(id, request("19.90", key), null);
    }

    static OrderRequest request(String amount, @Nullable String key) {
        return new OrderRequest(USER, new BigDecimal(amount), "A kettle", key);
    }

    static Order order(OrderRequest request) {
        return Order.create(UUID.randomUUID(), request, Instant.EPOCH);
    }
}
