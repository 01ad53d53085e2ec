package dev.holdfast.order.result;

import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of an order to decide on a result; its row is locked.
 *
 * @param amount what is to be captured
 * @param status null where it is one that only a newer version of this service knows
 * @param createdAt when it was placed, or its capture was asked for
 * @param cancelRequested whether somebody asked to cancel it
 */
record LockedOrder(
        UUID id,
        UUID userId,
        BigDecimal amount,
        @Nullable OrderStatus status,
        Instant createdAt,
        boolean cancelRequested) {
    LockedOrder with(OrderStatus newStatus) {
        return new LockedOrder(id, userId, amount, newStatus, createdAt, cancelRequested);
    }
}
