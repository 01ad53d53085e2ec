package dev.holdfast.order.reconciliation;

import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * What has to be known of an order to hold it against its money.
 *
 * @param isNewTooLong whether it is NEW, and payments should have answered long ago
 * @param releasePending whether its hold is being released at the moment
 * @param refundPending whether its money is being given back at the moment
 */
record OrderFacts(
        UUID id,
        UUID userId,
        BigDecimal amount,
        OrderStatus status,
        Instant createdAt,
        Instant updatedAt,
        boolean isNewTooLong,
        boolean releasePending,
        boolean refundPending) {}
