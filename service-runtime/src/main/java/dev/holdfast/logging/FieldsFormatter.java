package dev.holdfast.logging;

import io.quarkus.logging.json.runtime.AdditionalField;
import io.quarkus.logging.json.runtime.JsonFormatter;
import io.quarkus.logging.json.runtime.JsonLogConfig.AdditionalFieldConfig.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.stream.Collectors;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says with each line what it is about: the {@link LogField}s among its parameters, and what each {@link LineContext} adds.
 * As JSON all of them are fields beside the message. As text those that the message does not show follow it.
 */
final class FieldsFormatter extends ExtFormatter {
    /** As OpenTelemetry's extension names it among the MDC of whatever is recorded. */
    private static final String MDC_SPAN_ID = "spanId";

    private static final String SPAN_ID = "span_id";

    private final Formatter formatter;
    private final @Nullable JsonFormatter json;
    private final Map<String, AdditionalField> configured;
    private final List<LineContext> contexts;

    /** @param formatter writes the line; where that is JSON, by way of {@code json} */
    FieldsFormatter(Formatter formatter, @Nullable JsonFormatter json, List<LineContext> contexts) {
        this.formatter = formatter;
        this.json = json;
        this.configured = json == null ? Map.of() : Map.copyOf(json.getAdditionalFields());
        this.contexts = contexts;
    }

    @Override
    public String format(ExtLogRecord record) {
        Map<String, String> own = parameters(record);
        Map<String, String> all = new LinkedHashMap<>(own);
        contexts.forEach(context -> describe(context, all));
        String spanId = record.getMdc(MDC_SPAN_ID);
        if (spanId != null) {
            all.put(SPAN_ID, spanId);
        }
        if (all.isEmpty()) {
            return formatter.format(record);
        }
        return json == null ? asText(record, own, all) : asJson(json, record, all);
    }

    private static void describe(LineContext context, Map<String, String> fields) {
        try {
            context.describe(fields);
        } catch (RuntimeException unforeseen) {
            // A line without all of its fields is better than none.
            fields.putIfAbsent("fields_failed", unforeseen.getClass().getSimpleName());
        }
    }

    private static Map<String, String> parameters(ExtLogRecord record) {
        Map<String, String> fields = new LinkedHashMap<>();
        Object[] parameters = record.getParameters();
        if (parameters != null) {
            for (Object parameter : parameters) {
                if (parameter instanceof LogField field) {
                    fields.put(field.name(), field.toString());
                }
            }
        }
        return fields;
    }

    private String asText(ExtLogRecord record, Map<String, String> own, Map<String, String> all) {
        if (own.size() == all.size()) {
            return formatter.format(record);
        }
        String more = all.entrySet().stream()
                .filter(field -> !own.containsKey(field.getKey()))
                .map(field -> field.getKey() + '=' + field.getValue())
                .collect(Collectors.joining(" ", " [", "]"));
        ExtLogRecord longer = new ExtLogRecord(record);
        longer.setMessage(record.getFormattedMessage() + more, ExtLogRecord.FormatStyle.NO_FORMAT);
        longer.setParameters(null);
        return formatter.format(longer);
    }

    private String asJson(JsonFormatter json, ExtLogRecord record, Map<String, String> all) {
        Map<String, AdditionalField> fields = new HashMap<>(configured);
        all.forEach((name, value) -> fields.put(name, new AdditionalField(value, Type.STRING)));
        // Its own lock: no other line may come between the two calls.
        synchronized (json) {
            json.setAdditionalFields(fields);
            try {
                return formatter.format(record);
            } finally {
                json.setAdditionalFields(configured);
            }
        }
    }

    @Override
    public boolean isCallerCalculationRequired() {
        return !(formatter instanceof ExtFormatter ext) || ext.isCallerCalculationRequired();
    }
}
