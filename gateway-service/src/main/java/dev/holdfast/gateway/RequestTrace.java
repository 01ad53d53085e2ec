package dev.holdfast.gateway;

import dev.holdfast.tracing.IncomingTrace;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The trace of a request; one that has none is given a new one. */
final class RequestTrace {
    private RequestTrace() {}

    static String id(HttpServerRequest request) {
        return span(request).getTraceId();
    }

    /** The header to send on, not to be recorded whatever the client's says; null where OpenTelemetry does it. */
    static @Nullable String parent(HttpServerRequest request) {
        return IncomingTrace.isRecorded() ? null : IncomingTrace.traceparent(unsampled(span(request)));
    }

    /** A new one is put among the request's headers, so that it is the same when it is asked for again. */
    private static SpanContext span(HttpServerRequest request) {
        SpanContext sent = IncomingTrace.of(request);
        if (sent.isValid()) {
            return sent;
        }
        SpanContext created = IncomingTrace.create();
        request.headers().set(IncomingTrace.HEADER, IncomingTrace.traceparent(created));
        return created;
    }

    private static SpanContext unsampled(SpanContext span) {
        return SpanContext.create(
                span.getTraceId(), span.getSpanId(), TraceFlags.getDefault(), TraceState.getDefault());
    }
}
