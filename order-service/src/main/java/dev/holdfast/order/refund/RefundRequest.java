package dev.holdfast.order.refund;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.rest.access.Acting;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks to refund an order of this user.
 *
 * @param amount null for all that is left
 * @param key the client's name for this request: however often it is sent, one refund comes of it
 * @param traceparent of the request, null where it has none
 */
record RefundRequest(
        UUID userId,
        UUID orderId,
        @Nullable BigDecimal amount,
        @Nullable String reason,
        @Nullable String key,
        Acting by,
        @Nullable String traceparent) {

    /** What the audit says of it; not the reason, which is kept with the refund alone. */
    Act act() {
        return new Act("refund", "order", orderId).with("user_id", userId);
    }
}
