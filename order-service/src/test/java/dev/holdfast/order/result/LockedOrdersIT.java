package dev.holdfast.order.result;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.OrderServiceTesting;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionalException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class LockedOrdersIT extends OrderServiceTesting {
    @Inject
    LockedOrders orders;

    /** It would be in the inbox for good, whatever became of the order. */
    @Test
    void recordsNothingOutsideOfATransaction() {
        PaymentSucceeded result = new PaymentSucceeded(
                UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), BigDecimal.ONE, Instant.now());
        assertThatThrownBy(() -> orders.lock(List.of(result))).isInstanceOf(TransactionalException.class);
    }
}
