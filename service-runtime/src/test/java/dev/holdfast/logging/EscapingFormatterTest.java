package dev.holdfast.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class EscapingFormatterTest {
    private final EscapingFormatter formatter = new EscapingFormatter(new PatternFormatter("%p %s%e%n"), true);

    @Test
    void aMessageIsOneLineWhateverIsInIt() {
        ExtLogRecord record = record("Letter %s failed");
        record.setParameters(new Object[] {"a\nERROR forged\r\t\u001b[31m\0\u009b\u2028\u202e\u007f"});
        assertThat(formatter.format(record))
                .isEqualTo("WARN Letter a\\nERROR forged\\r\\t\\u001b[31m\\u0000\\u009b\\u2028\\u202e\\u007f failed\n");
    }

    @Test
    void anUsualMessageIsLeftAsItIs() {
        assertThat(formatter.format(record("Grüße ☕ \\n"))).isEqualTo("WARN Grüße ☕ \\n\n");
    }

    @Test
    void aFailuresMessagesAreEscapedAndItsStackAndCausesAreKept() {
        RuntimeException failure = new IllegalStateException("a\nERROR forged", new RuntimeException("b\nforged too"));
        failure.addSuppressed(new IllegalArgumentException("c\rd"));
        ExtLogRecord record = record("x");
        record.setThrown(failure);
        assertThat(formatter.format(record))
                .contains("java.lang.IllegalStateException: a\\nERROR forged", "RuntimeException: b\\nforged too")
                .contains("Caused by: ", "IllegalArgumentException: c\\rd", "\tat ")
                .doesNotContain("\nERROR", "\nforged");
    }

    @Test
    void aFailureAmongItsOwnCausesEnds() {
        RuntimeException loop = new RuntimeException("a\nb");
        loop.initCause(new RuntimeException("c", loop));
        ExtLogRecord record = record("x");
        record.setThrown(loop);
        assertThat(formatter.format(record)).contains("a\\nb", "RuntimeException: c");
    }

    private static ExtLogRecord record(String message) {
        return new ExtLogRecord(Level.WARN, message, ExtLogRecord.FormatStyle.PRINTF, "test");
    }
}
