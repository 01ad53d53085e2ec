package dev.holdfast.payment.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransferViewTest {
    @Test
    void showsAKindThatOnlyANewerVersionKnows() {
        assertThat(viewOf("PAYOUT").kind()).isEqualTo(TransferKind.UNKNOWN);
        assertThat(viewOf("REFUND").kind()).isEqualTo(TransferKind.REFUND);
        assertThat(viewOf("WITHDRAWAL").kind()).isEqualTo(TransferKind.WITHDRAWAL);
    }

    private static TransferView viewOf(String kind) {
        return new TransferView(UUID.randomUUID(), kind, BigDecimal.ONE, null, Instant.EPOCH);
    }
}
