package dev.holdfast.payment.transfer;

import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Captured money of an order that is to be given back.
 *
 * @param id how order-service names a refund of a FINISHED order; null for all that is left of an order that was captured after
 *     its cancellation
 * @param amount greater than zero; null where there is no id
 */
record OrderRefund(
        UUID orderId,
        UUID userId,
        @Nullable UUID id,
        @Nullable BigDecimal amount) {}
