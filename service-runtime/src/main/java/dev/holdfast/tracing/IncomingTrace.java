package dev.holdfast.tracing;

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
 * The trace of a request (W3C Trace Context): OpenTelemetry's where it records, else the one that the request's {@code
 * traceparent} names. So nothing is spent on spans that nobody sees.
 */
public final class IncomingTrace {
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

    private IncomingTrace() {}

    /** Whether OpenTelemetry records the current request, and sends its trace on by itself. */
    public static boolean isRecorded() {
        return Span.current().getSpanContext().isValid();
    }

    /** @return not valid where the request has no trace */
    public static SpanContext of(@Nullable HttpServerRequest request) {
        SpanContext recorded = Span.current().getSpanContext();
        return recorded.isValid() || request == null
                ? recorded
                : Span.fromContext(W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS))
                        .getSpanContext();
    }

    /** The same, but a request without a trace is given a new one, among its headers: it is the same for whoever asks again. */
    public static SpanContext orNewOf(HttpServerRequest request) {
        SpanContext sent = of(request);
        if (sent.isValid()) {
            return sent;
        }
        SpanContext created = create();
        request.headers().set(Traceparent.HEADER, Traceparent.of(created));
        return created;
    }

    /** A new trace, for what no request has caused. */
    public static SpanContext create() {
        IdGenerator ids = IdGenerator.random();
        return SpanContext.create(
                ids.generateTraceId(), ids.generateSpanId(), TraceFlags.getDefault(), TraceState.getDefault());
    }
}
