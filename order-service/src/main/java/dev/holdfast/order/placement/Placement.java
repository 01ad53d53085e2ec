package dev.holdfast.order.placement;

import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.payments.HoldAnswer;

/** What became of a request for an order. */
sealed interface Placement {
    /** A new order. */
    record Placed(Order order) implements Placement {}

    /** The order that an earlier request with the same idempotency key placed. */
    record Replayed(Order order) implements Placement {}

    /** Payments reserved nothing. */
    record Refused(HoldAnswer.Refused reason) implements Placement {}

    /** The key belongs to an order of another amount, description or capture. */
    record KeyReused() implements Placement {}

    /** Each hold that the key can have was released before it became an order, or is another's. */
    record KeyExhausted() implements Placement {}

    /** Too many are being placed, or the account stays locked; nothing was done about this one. */
    record Overloaded() implements Placement {}

    /** Payments cannot be reached; what it may have reserved is released, or expires. */
    record PaymentsUnavailable() implements Placement {}

    /** The answer to a request for which there is an order. */
    static Placement replay(OrderRequest request, Order order) {
        if (request.idempotencyKey() == null) {
            return new Placed(order);
        }
        return request.isSameAs(order) ? new Replayed(order) : new KeyReused();
    }
}
