package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    @Test
    void comesBackAsItWasToTheMicrosecond() {
        Cursor cursor = new Cursor(Instant.parse("2026-01-31T12:00:00.123456Z"), UUID.randomUUID());
        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
        assertThat(cursor.toString()).matches("[A-Za-z0-9_-]{32}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "abc", "********************************", "________________________________"})
    void isNothingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.parse(text));
    }
}
