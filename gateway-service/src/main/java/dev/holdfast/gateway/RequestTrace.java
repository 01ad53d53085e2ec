package dev.holdfast.gateway;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a request (W3C Trace Context). Where OpenTelemetry records, it makes it and sends it on. Else it is the one
 * that the client's {@code traceparent} names, or a new one, and nothing is spent on spans that nobody sees.
 */
final class RequestTrace {
    private static final String HEADER = "traceparent";

    private static final TextMapGetter<HttpServerRequest> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(HttpServerRequest request) {
            return request.headers().names();
        }

        @Override
        public @Nullable String get(@Nullable HttpServerRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }
    };

    private RequestTrace() {}

    static String id(HttpServerRequest request) {
        return isRecorded()
                ? Span.current().getSpanContext().getTraceId()
                : ofHeader(request).getTraceId();
    }

    /** The header to send on; null where OpenTelemetry does it. */
    static @Nullable String parent(HttpServerRequest request) {
        return isRecorded() ? null : format(ofHeader(request));
    }

    private static boolean isRecorded() {
        return Span.current().getSpanContext().isValid();
    }

    /** A new one is put among the request's headers, so that it is the same when it is asked for again. */
    private static SpanContext ofHeader(HttpServerRequest request) {
        SpanContext sent = Span.fromContext(
                        W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS))
                .getSpanContext();
        if (sent.isValid()) {
            return sent;
        }
        IdGenerator ids = IdGenerator.random();
        SpanContext created = SpanContext.create(
                ids.generateTraceId(), ids.generateSpanId(), TraceFlags.getDefault(), TraceState.getDefault());
        request.headers().set(HEADER, format(created));
        return created;
    }

    private static String format(SpanContext span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }
}
