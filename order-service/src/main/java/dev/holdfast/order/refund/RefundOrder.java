package dev.holdfast.order.refund;

import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Text;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /orders/{order_id}/refunds}.
 *
 * @param amount null for all that is left
 */
@Schema(name = "RefundOrder")
record RefundOrder(
        @Amount(optional = true) @Nullable BigDecimal amount,

        @Text(max = REASON_MAX) @Schema(examples = "one of three came broken") @Nullable
        String reason) {
    static final int REASON_MAX = 200;
}
