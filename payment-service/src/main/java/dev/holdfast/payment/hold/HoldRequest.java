package dev.holdfast.payment.hold;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.money.Money;
import dev.holdfast.rest.access.Acting;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money to be reserved for an order.
 *
 * @param amount greater than zero, with two decimals at most
 * @param client who asks through the public API, and is in the audit; null where order-service does, for an order
 */
record HoldRequest(
        UUID orderId,
        UUID userId,
        BigDecimal amount,
        @Nullable Acting client) {
    HoldTaker takenBy() {
        return client == null ? HoldTaker.ORDERS : HoldTaker.CLIENT;
    }

    /** What the audit says of it. */
    Act act() {
        return new Act("hold", "order", orderId).with("user_id", userId).with("amount", Money.exact(amount));
    }
}
