package dev.holdfast.gateway;

import dev.holdfast.tracing.IncomingTrace;
import dev.holdfast.tracing.Traceparent;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The trace of a request; one that has none is given a new one. */
final class RequestTrace {
    private RequestTrace() {}

    static String id(HttpServerRequest request) {
        return IncomingTrace.orNewOf(request).getTraceId();
    }

    /** The header to send on, not to be recorded whatever the client's says; null where OpenTelemetry does it. */
    static @Nullable String parent(HttpServerRequest request) {
        return IncomingTrace.isRecorded() ? null : Traceparent.of(unsampled(IncomingTrace.orNewOf(request)));
    }

    private static SpanContext unsampled(SpanContext span) {
        return SpanContext.create(
                span.getTraceId(), span.getSpanId(), TraceFlags.getDefault(), TraceState.getDefault());
    }
}
