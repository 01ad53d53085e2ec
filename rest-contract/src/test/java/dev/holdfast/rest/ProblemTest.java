package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void roundsAPauseUpToWholeSecondsAndNeverDownToNone() {
        assertThat(retryAfter(Duration.ofMillis(1))).isEqualTo("1");
        assertThat(retryAfter(Duration.ofMillis(1000))).isEqualTo("1");
        assertThat(retryAfter(Duration.ofMillis(1001))).isEqualTo("2");
        assertThat(retryAfter(Duration.ZERO)).isEqualTo("1");
    }

    @Test
    void namesItsStatusAlsoWhereJavaKnowsNoNameForIt() {
        assertThat(Problem.of(422, "x", "y").title()).isEqualTo("Unprocessable Content");
        assertThat(Problem.of(402, "x", "y").title()).isEqualTo("Payment Required");
    }

    @Test
    void listsTheWrongFields() {
        Problem problem = Problem.invalid("amount", "must be a number");
        assertThat(problem.code()).isEqualTo("validation_failed");
        assertThat(problem.errors()).containsExactly(new FieldError("amount", "must be a number"));
    }

    private static @Nullable String retryAfter(Duration pause) {
        return Problem.retryLater(503, "x", "y", pause).headers().get("Retry-After");
    }
}
