package dev.holdfast.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {
    private static final String VALID = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void takesTheStandardsFormAndWhatALaterVersionAdds() {
        assertThat(Traceparent.isValid(VALID)).isTrue();
        assertThat(Traceparent.isValid(VALID + "-more")).isTrue();
        assertThat(Traceparent.isValid(VALID + "x".repeat(64))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a trace", VALID + "\0", "\0" + VALID, VALID + "-\n", VALID + "-\uD800"})
    void leavesOutWhatTheDatabaseMayNotTake(String foreign) {
        assertThat(Traceparent.isValid(foreign)).isFalse();
    }

    @Test
    void leavesOutWhatIsLong() {
        assertThat(Traceparent.isValid(VALID + "x".repeat(65))).isFalse();
    }

    @Test
    void tellsWhetherItIsRecorded() {
        assertThat(Traceparent.isSampled(VALID)).isTrue();
        assertThat(Traceparent.isSampled(VALID.replace("-01", "-02"))).isFalse();
        assertThat(Traceparent.isSampled(null)).isFalse();
        assertThat(Traceparent.traceId(VALID)).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }
}
