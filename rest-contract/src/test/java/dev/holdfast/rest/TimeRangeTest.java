package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimeRangeTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final Cursor AT_NOON = new Cursor(NOON, UUID.randomUUID());

    @Test
    void namesAnEndBeforeItsBeginning() {
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> TimeRange.of(NOON, NOON.minusNanos(1_000)))
                .satisfies(problem -> assertThat(problem.errors())
                        .extracting(FieldError::field)
                        .containsExactly("to"));
        assertThat(TimeRange.of(NOON, NOON)).isEqualTo(new TimeRange(NOON, NOON));
    }

    @Test
    void beginsAPageBehindTheCursorButNeverAtTheEndOrLater() {
        assertThat(TimeRange.of(null, NOON.plusSeconds(1)).start(AT_NOON)).isEqualTo(AT_NOON);
        assertThat(TimeRange.of(null, null).start(AT_NOON)).isEqualTo(AT_NOON);
        Cursor beforeNoon = new Cursor(NOON, new UUID(0, 0));
        assertThat(TimeRange.of(null, NOON).start(AT_NOON)).isEqualTo(beforeNoon);
        assertThat(TimeRange.of(null, NOON).start(null)).isEqualTo(beforeNoon);
    }
}
