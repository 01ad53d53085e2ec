package dev.holdfast.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.01", "1", "1e2", "100.00", "9999999999999999.99", "1e15", "0.1e1", "1000e-2"})
    void takesWhatTheDatabaseKeepsExactly(String amount) {
        assertThat(Money.isAmount(new BigDecimal(amount))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.00",
                "-1",
                "-0.01",
                "0.001",
                "1.000",
                "10000000000000000",
                "1e16",
                "1e400",
                "1e999999999",
                "1e2147483647",
                "1e-2147483647",
                "0e2147483647"
            })
    void refusesWhatItWouldRoundOrHasNoRoomFor(String amount) {
        assertThat(Money.isAmount(new BigDecimal(amount))).isFalse();
    }

    @Test
    void isRequired() {
        assertThat(Money.isAmount(null)).isFalse();
    }
}
