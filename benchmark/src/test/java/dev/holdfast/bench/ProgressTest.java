package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void fillsTheBarAsTheTimePasses() {
        assertThat(Progress.bar(0, 30)).isEqualTo("[" + ".".repeat(30) + "]");
        assertThat(Progress.bar(10, 30)).isEqualTo("[" + "#".repeat(10) + ".".repeat(20) + "]");
        assertThat(Progress.bar(3_600, 3_600)).isEqualTo("[" + "#".repeat(30) + "]");
    }

    @Test
    void drawsOverItsBarOnATerminal() {
        assertThat(told(true))
                .isEqualTo("\r[" + ".".repeat(30) + "] measured         0 of 3600 s, 7 orders" + "\r[" + "#".repeat(30)
                        + "] measured       3600 of 3600 s, 8 orders\n");
    }

    @Test
    void writesPlainLinesElsewhere() {
        assertThat(told(false)).isEqualTo("""
                measured         0 of 3600 s, 7 orders
                measured       3600 of 3600 s, 8 orders
                """);
    }

    private static String told(boolean terminal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Progress progress =
                new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, "measured", 3_600);
        progress.accept(7);
        progress.end(8);
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
