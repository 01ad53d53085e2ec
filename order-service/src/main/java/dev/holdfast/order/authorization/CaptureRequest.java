package dev.holdfast.order.authorization;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.rest.access.Acting;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks to capture an order of this user.
 *
 * @param amount null for all of it
 * @param key the client's name for this request: sent again, it is answered again
 * @param traceparent of the request, null where it has none
 */
record CaptureRequest(
        UUID userId,
        UUID orderId,
        @Nullable BigDecimal amount,
        @Nullable String key,
        Acting by,
        @Nullable String traceparent) {

    /**
     * What the audit says of it.
     *
     * @param toCapture null where nothing is going to be captured
     */
    Act act(@Nullable BigDecimal toCapture) {
        return new Act("capture", "order", orderId).with("user_id", userId).with("amount", toCapture);
    }
}
