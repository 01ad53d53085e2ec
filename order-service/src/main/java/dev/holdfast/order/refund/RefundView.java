package dev.holdfast.order.refund;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A refund as clients see it. */
@Schema(name = "Refund")
record RefundView(
        UUID id,
        UUID orderId,

        @Schema(minimum = "0.01", examples = "5.00") BigDecimal amount,

        @Schema(description = "What was said with the request", examples = "one of three came broken") @Nullable
        String reason,

        @Schema(description = "PENDING until the money is back on the account, which is tried until it is; then DONE")
        RefundStatus status,

        Instant createdAt) {
    static RefundView of(OrderRefund refund) {
        return new RefundView(
                refund.id(), refund.orderId(), refund.amount(), refund.reason(), refund.status(), refund.createdAt());
    }
}
