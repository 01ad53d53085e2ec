package dev.holdfast.payment.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class TransferPartTest {
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "UNKNOWN")
    void eachKindIsInOnePartForEachWayItGoesSoThatABalanceIsTheSumOfAll(TransferKind kind) {
        assertThat(Arrays.stream(TransferPart.values())
                        .filter(part -> part.of("?").contains("'" + kind + "'"))
                        .map(TransferPart::sign))
                .hasSize(kind == TransferKind.ADJUSTMENT ? 2 : 1)
                .doesNotHaveDuplicates();
    }
}
