package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderRequestTest {
    private static final UUID USER = UUID.randomUUID();

    @Test
    void isTheSameHoweverItsAmountIsWritten() {
        assertThat(request("100", "a kettle").isSameAs(placed(request("1e2", "a kettle"))))
                .isTrue();
        assertThat(request("1.5", null).isSameAs(placed(request("1.50", null)))).isTrue();
    }

    @Test
    void isAnotherWithAnotherAmountOrDescription() {
        assertThat(request("100", null).isSameAs(placed(request("100.01", null))))
                .isFalse();
        assertThat(request("100", "a kettle").isSameAs(placed(request("100", "a pan"))))
                .isFalse();
        assertThat(request("100", "").isSameAs(placed(request("100", null)))).isFalse();
    }

    @Test
    void anOrderIsStampedWithWhatTheDatabaseCanKeep() {
        Order order = placed(request("1e2", null));
        assertThat(order.createdAt).isEqualTo(Instant.parse("2026-03-01T10:00:00.123456Z"));
        assertThat(order.updatedAt).isEqualTo(order.createdAt);
        assertThat(order.amount).isEqualTo(new BigDecimal("100.00"));
        assertThat(order.status).isEqualTo(OrderStatus.NEW.name());
    }

    private static OrderRequest request(String amount, @Nullable String description) {
        return new OrderRequest(USER, new BigDecimal(amount), description, "key");
    }

    private static Order placed(OrderRequest request) {
        return Order.create(UUID.randomUUID(), request, Instant.parse("2026-03-01T10:00:00.123456789Z"));
    }
}
