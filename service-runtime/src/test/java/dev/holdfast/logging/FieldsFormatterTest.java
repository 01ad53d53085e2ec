package dev.holdfast.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.logging.json.runtime.JsonFormatter;
import java.util.List;
import java.util.UUID;
import java.util.logging.Formatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class FieldsFormatterTest {
    private static final UUID ORDER = UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    private static final LineContext REQUEST = fields -> fields.putIfAbsent(LogField.TRACE_ID, "4bf92f35");

    @Test
    void textShowsTheFieldsThatItsMessageDoesNot() {
        assertThat(new FieldsFormatter(text(), null, List.of(REQUEST)).format(line()))
                .isEqualTo("Order " + ORDER + " is late\\n [trace_id=4bf92f35]");
        assertThat(new FieldsFormatter(text(), null, List.of()).format(line()))
                .isEqualTo("Order " + ORDER + " is late\\n");
    }

    @Test
    void jsonHasAllOfThemBesideTheMessage() {
        JsonFormatter json = new JsonFormatter();
        FieldsFormatter formatter = new FieldsFormatter(new EscapingFormatter(json, false), json, List.of(REQUEST));

        assertThat(formatter.format(line()))
                .contains("\"order_id\":\"" + ORDER + '"', "\"trace_id\":\"4bf92f35\"", "Order " + ORDER + " is late");
        assertThat(json.getAdditionalFields()).as("those of the next line").isEmpty();
    }

    @Test
    void aLineIsWrittenAlsoWhereNobodyKnowsWhatItBelongsTo() {
        LineContext failing = fields -> {
            throw new IllegalStateException();
        };
        assertThat(new FieldsFormatter(text(), null, List.of(failing, REQUEST)).format(line()))
                .isEqualTo("Order " + ORDER + " is late\\n [fields_failed=IllegalStateException trace_id=4bf92f35]");
    }

    private static Formatter text() {
        return new EscapingFormatter(new PatternFormatter("%s"), true);
    }

    private static ExtLogRecord line() {
        ExtLogRecord line = new ExtLogRecord(Level.WARN, "Order %s is late%s", FormatStyle.PRINTF, "logger");
        line.setParameters(new Object[] {LogField.order(ORDER), "\n"});
        return line;
    }
}
