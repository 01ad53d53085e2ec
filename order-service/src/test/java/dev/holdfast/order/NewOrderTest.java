package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NewOrderTest {
    private static final UUID USER = UUID.randomUUID();

    @Test
    void isTheSameHoweverItsAmountIsWritten() {
        assertThat(wish("100", "a kettle").isSameAs(placed(wish("1e2", "a kettle"))))
                .isTrue();
        assertThat(wish("1.5", null).isSameAs(placed(wish("1.50", null)))).isTrue();
    }

    @Test
    void isAnotherWithAnotherAmountOrDescription() {
        assertThat(wish("100", null).isSameAs(placed(wish("100.01", null)))).isFalse();
        assertThat(wish("100", "a kettle").isSameAs(placed(wish("100", "a pan"))))
                .isFalse();
        assertThat(wish("100", "").isSameAs(placed(wish("100", null)))).isFalse();
    }

    @Test
    void anOrderIsStampedWithWhatTheDatabaseCanKeep() {
        Order order = placed(wish("1e2", null));
        assertThat(order.createdAt).isEqualTo(Instant.parse("2026-03-01T10:00:00.123456Z"));
        assertThat(order.updatedAt).isEqualTo(order.createdAt);
        assertThat(order.amount).isEqualTo(new BigDecimal("100.00"));
        assertThat(order.status).isEqualTo(OrderStatus.NEW.name());
    }

    private static NewOrder wish(String amount, @Nullable String description) {
        return new NewOrder(USER, new BigDecimal(amount), description, "key");
    }

    private static Order placed(NewOrder wish) {
        return Order.create(UUID.randomUUID(), wish, Instant.parse("2026-03-01T10:00:00.123456789Z"));
    }
}
