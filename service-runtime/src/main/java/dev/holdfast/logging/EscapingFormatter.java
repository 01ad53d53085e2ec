package dev.holdfast.logging;

import java.util.logging.Formatter;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/** Escapes the message and the failure of each record, then formats it as another formatter does. */
final class EscapingFormatter extends ExtFormatter {
    private final Formatter formatter;
    private final boolean escapesFailures;

    /** @param escapesFailures not for JSON, which escapes them itself and tells their types apart */
    EscapingFormatter(Formatter formatter, boolean escapesFailures) {
        this.formatter = formatter;
        this.escapesFailures = escapesFailures;
    }

    @Override
    public String format(ExtLogRecord record) {
        String message = record.getFormattedMessage();
        Throwable failure = escapesFailures ? EscapedFailure.of(record.getThrown()) : record.getThrown();
        boolean isForeign = message != null && ControlCharacters.isIn(message);
        if (!isForeign && failure == record.getThrown()) {
            return formatter.format(record);
        }
        ExtLogRecord escaped = new ExtLogRecord(record);
        if (isForeign) {
            escaped.setMessage(ControlCharacters.escape(message), ExtLogRecord.FormatStyle.NO_FORMAT);
            escaped.setParameters(null);
        }
        escaped.setThrown(failure);
        return formatter.format(escaped);
    }

    @Override
    public boolean isCallerCalculationRequired() {
        return !(formatter instanceof ExtFormatter ext) || ext.isCallerCalculationRequired();
    }
}
