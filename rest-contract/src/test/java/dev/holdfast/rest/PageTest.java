package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    private static final PageLimit LIMIT = new PageLimit(3);

    private record Row(Instant at, UUID id, int bytes) {
        Cursor cursor() {
            return new Cursor(at, id);
        }
    }

    @Test
    void endsWithTheLimitAndSaysWhetherMoreFollow() {
        List<Row> rows = rows(10, 10, 10, 10);
        assertThat(page(rows).rows()).isEqualTo(rows.subList(0, 3));
        assertThat(page(rows).next()).isEqualTo(rows.get(2).cursor());
        assertThat(page(rows.subList(0, 3)).next()).isNull();
        assertThat(page(rows.subList(0, 3)).rows()).hasSize(3);
        assertThat(page(List.of()).rows()).isEmpty();
        assertThat(page(List.of()).next()).isNull();
    }

    @Test
    void endsBeforeItIsTooLongAndTheNextGoesOnThere() {
        List<Row> rows = rows(Page.BYTES_MAX / 2, Page.BYTES_MAX / 2, 1, 1);
        assertThat(page(rows).rows()).isEqualTo(rows.subList(0, 2));
        assertThat(page(rows).next()).isEqualTo(rows.get(1).cursor());
    }

    @Test
    void hasOneRowHoweverLongThatIs() {
        List<Row> rows = rows(Page.BYTES_MAX + 1, 1);
        assertThat(page(rows).rows()).isEqualTo(rows.subList(0, 1));
        assertThat(page(rows).next()).isEqualTo(rows.get(0).cursor());
        assertThat(page(rows.subList(0, 1)).next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "a\"b\\c", "\n\t\u0001", "\u00e4\u00df", "\u20ac", "\ud83d\ude00"})
    void theLengthOfATextIsThatOfItsJson(String text) throws Exception {
        assertThat(JsonLength.of(text))
                .isEqualTo(new ObjectMapper().writeValueAsString(text).getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void nullHasALengthToo() {
        assertThat(JsonLength.of(null)).isEqualTo("null".length());
    }

    private static Page<Row> page(List<Row> rows) {
        return Page.of(rows, LIMIT, Row::bytes, Row::cursor);
    }

    private static List<Row> rows(int... bytes) {
        Instant first = Instant.parse("2026-01-31T12:00:00Z");
        return Arrays.stream(bytes)
                .mapToObj(length -> new Row(first, UUID.randomUUID(), length))
                .toList();
    }
}
