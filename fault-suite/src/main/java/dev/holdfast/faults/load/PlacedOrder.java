package dev.holdfast.faults.load;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An order of a message fault, with its hold, and the events that it may have. It costs {@link #PRICE}. */
record PlacedOrder(UUID id, UUID user) {
    static final BigDecimal PRICE = new BigDecimal("1.00");

    static UUID[] ids(List<PlacedOrder> orders) {
        return orders.stream().map(PlacedOrder::id).toArray(UUID[]::new);
    }

    PaymentRequested request() {
        return request(PRICE);
    }

    PaymentRequested request(BigDecimal amount) {
        return new PaymentRequested(UUID.randomUUID(), id, user, amount, Instant.now());
    }

    PaymentSucceeded succeeded() {
        return new PaymentSucceeded(UUID.randomUUID(), id, user, PRICE, Instant.now());
    }

    PaymentFailed failed() {
        return new PaymentFailed(UUID.randomUUID(), id, user, PRICE, Instant.now(), FailureReason.INSUFFICIENT_FUNDS);
    }
}
