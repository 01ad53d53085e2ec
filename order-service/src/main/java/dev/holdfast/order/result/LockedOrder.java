package dev.holdfast.order.result;

import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** What has to be known of an order to decide on a result; its row is locked. */
record LockedOrder(UUID id, UUID userId, BigDecimal amount, OrderStatus status, Instant createdAt) {
    LockedOrder with(OrderStatus newStatus) {
        return new LockedOrder(id, userId, amount, newStatus, createdAt);
    }
}
