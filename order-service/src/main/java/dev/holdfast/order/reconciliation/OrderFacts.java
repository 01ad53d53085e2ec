package dev.holdfast.order.reconciliation;

import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of an order to hold it against its money.
 *
 * @param toCapture what is to be captured for it, or was
 * @param refunded what its refunds give back, those that are PENDING too
 * @param refundsDone what those of them give back that are DONE
 * @param status null where a newer version has stored one that this version does not know
 * @param changedMillisAgo how long ago it was changed, by the clock of this service's database
 * @param isOpenTooLong whether it is NEW, and payments should have answered long ago, or AUTHORIZED, and its time was over long ago
 * @param releasePending whether its hold is being released at the moment
 * @param refundPending whether its money is being given back at the moment
 */
record OrderFacts(
        UUID id,
        UUID userId,
        BigDecimal amount,
        BigDecimal toCapture,
        BigDecimal refunded,
        BigDecimal refundsDone,
        @Nullable OrderStatus status,
        Instant createdAt,
        Instant updatedAt,
        long changedMillisAgo,
        boolean isOpenTooLong,
        boolean releasePending,
        boolean refundPending) {}
