package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void roundsAPauseUpToWholeSecondsAndNeverDownToNone() {
        assertThat(retryAfter(Duration.ofMillis(1))).isEqualTo(1L);
        assertThat(retryAfter(Duration.ofMillis(1000))).isEqualTo(1L);
        assertThat(retryAfter(Duration.ofMillis(1001))).isEqualTo(2L);
        assertThat(retryAfter(Duration.ZERO)).isEqualTo(1L);
    }

    @Test
    void namesItsStatusAlsoWhereJavaKnowsNoNameForIt() {
        assertThat(Problem.of(422, "x", "y").getTitle()).isEqualTo("Unprocessable Content");
        assertThat(Problem.of(402, "x", "y").getTitle()).isEqualTo("Payment Required");
    }

    @Test
    void listsTheWrongFields() {
        assertThat(Problem.invalid("amount", "must be a number").getParameters())
                .isEqualTo(Map.of(
                        "code", "validation_failed", "errors", List.of(new FieldError("amount", "must be a number"))));
    }

    private static @Nullable Object retryAfter(Duration pause) {
        return Problem.retryLater(503, "x", "y", pause).getHeaders().get("Retry-After");
    }
}
