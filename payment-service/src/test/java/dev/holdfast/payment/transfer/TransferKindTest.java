package dev.holdfast.payment.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferKindTest {
    @Test
    void showsAKindThatOnlyANewerVersionKnows() {
        assertThat(TransferKind.of("PAYOUT")).isEqualTo(TransferKind.UNKNOWN);
        assertThat(TransferKind.of("REFUND")).isEqualTo(TransferKind.REFUND);
        assertThat(TransferKind.of("WITHDRAWAL")).isEqualTo(TransferKind.WITHDRAWAL);
    }
}
