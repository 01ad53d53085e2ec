package dev.holdfast.order;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks to order.
 *
 * @param amount greater than zero, with two decimals at most
 * @param manual whether it is charged only when somebody asks for it
 * @param idempotencyKey the client's name for this request: however often it is sent, one order comes of it
 */
public record OrderRequest(
        UUID userId,
        BigDecimal amount,
        @Nullable String description,
        boolean manual,
        @Nullable String idempotencyKey) {
    /** One that is charged by itself. */
    public OrderRequest(UUID userId, BigDecimal amount, @Nullable String description, @Nullable String idempotencyKey) {
        this(userId, amount, description, false, idempotencyKey);
    }

    /** Whether the order won the idempotency key of this request. */
    public boolean isKeyOf(Order order) {
        return idempotencyKey != null && userId.equals(order.userId) && idempotencyKey.equals(order.idempotencyKey);
    }

    /** Whether the order came of the same request, so that its answer may be given again. */
    public boolean isSameAs(Order order) {
        return amount.compareTo(order.amount) == 0
                && manual == order.isManual()
                && Objects.equals(description, order.description);
    }
}
