package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String VALID = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void takesTheStandardsFormAndWhatALaterVersionAdds() {
        assertThat(TraceContext.isValid(VALID)).isTrue();
        assertThat(TraceContext.isValid(VALID + "-more")).isTrue();
        assertThat(TraceContext.isValid(VALID + "x".repeat(64))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a trace", VALID + "\0", "\0" + VALID, VALID + "-\n", VALID + "-\uD800"})
    void leavesOutWhatTheDatabaseMayNotTake(String foreign) {
        assertThat(TraceContext.isValid(foreign)).isFalse();
    }

    @Test
    void leavesOutWhatIsLong() {
        assertThat(TraceContext.isValid(VALID + "x".repeat(65))).isFalse();
    }
}
