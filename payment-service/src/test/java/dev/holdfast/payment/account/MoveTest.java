package dev.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoveTest {
    private static final UUID USER = UUID.randomUUID();

    // Both are stored: neither may ever change.
    @ParameterizedTest
    @CsvSource({"10, 10", "10.00, 10", "1e2, 100", "0.1, 0.1", "0.10, 0.1", "12.34, 12.34"})
    void fingerprintsAreOfTheAmountAndTellAWithdrawalFromADeposit(BigDecimal amount, String ofDeposit) {
        assertThat(new Move(Move.Kind.DEPOSIT, USER, amount).fingerprint()).isEqualTo(ofDeposit);
        assertThat(new Move(Move.Kind.WITHDRAWAL, USER, amount).fingerprint()).isEqualTo("withdraw " + ofDeposit);
    }
}
