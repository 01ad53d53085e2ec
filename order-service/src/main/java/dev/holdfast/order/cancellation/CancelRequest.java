package dev.holdfast.order.cancellation;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.rest.access.Acting;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks to cancel an order of this user.
 *
 * @param reasonText in their words
 * @param traceparent of the request, null where it has none
 */
record CancelRequest(
        UUID userId,
        UUID orderId,
        @Nullable String reasonText,
        Acting by,
        @Nullable String traceparent) {
    /**
     * What the audit says of it; not what was said, which is the customer's own and kept with the order alone.
     *
     * @param amount of the order, null where there is none
     */
    Act act(@Nullable BigDecimal amount) {
        return new Act("cancel", "order", orderId).with("user_id", userId).with("amount", amount);
    }
}
