package dev.holdfast.delivery;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries the trace of a request along with its events (W3C Trace Context, {@code traceparent}). */
final class TraceContext {
    /** While a batch is applied: the trace of each of its orders, which the events it causes go on with. */
    static final ScopedValue<Map<UUID, String>> BATCH = ScopedValue.newInstance();

    static final String HEADER = "traceparent";

    private TraceContext() {}

    static @Nullable String of(UUID orderId) {
        if (BATCH.isBound()) {
            return BATCH.get().get(orderId);
        }
        SpanContext span = Span.current().getSpanContext();
        if (!span.isValid()) {
            return null;
        }
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }
}
