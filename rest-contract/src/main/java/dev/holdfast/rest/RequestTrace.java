package dev.holdfast.rest;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/**
 * The trace of the request at hand (W3C Trace Context): OpenTelemetry's where it records ({@link TracingSwitch}), else the
 * one that the request's {@code traceparent} names.
 */
@ApplicationScoped
public class RequestTrace {
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

    private final CurrentVertxRequest current;

    RequestTrace(CurrentVertxRequest current) {
        this.current = current;
    }

    /** As a {@code traceparent}; null where the request has none. */
    public @Nullable String parent() {
        SpanContext span = span(request());
        return span.isValid()
                ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex()
                : null;
    }

    /** 32 hexadecimal digits; new ones where the request has none. */
    String id() {
        return id(request());
    }

    static String id(@Nullable HttpServerRequest request) {
        SpanContext span = span(request);
        return span.isValid() ? span.getTraceId() : IdGenerator.random().generateTraceId();
    }

    private static SpanContext span(@Nullable HttpServerRequest request) {
        SpanContext recorded = Span.current().getSpanContext();
        return recorded.isValid() || request == null
                ? recorded
                : Span.fromContext(W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS))
                        .getSpanContext();
    }

    private @Nullable HttpServerRequest request() {
        if (!Arc.container().requestContext().isActive()) {
            return null;
        }
        RoutingContext routing = current.getCurrent();
        return routing == null ? null : routing.request();
    }
}
