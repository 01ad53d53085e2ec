package dev.holdfast.rest;

import dev.holdfast.tracing.IncomingTrace;
import dev.holdfast.tracing.Traceparent;
import io.opentelemetry.api.trace.SpanContext;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** The trace of the current request; {@link TracingSwitch} decides whether OpenTelemetry makes it. */
@ApplicationScoped
public class RequestTrace {
    private final CurrentVertxRequest current;

    RequestTrace(CurrentVertxRequest current) {
        this.current = current;
    }

    /** As a {@code traceparent}; null where the request has none. */
    public @Nullable String parent() {
        SpanContext span = IncomingTrace.of(request());
        return span.isValid() ? Traceparent.of(span) : null;
    }

    /** Its id, 32 hexadecimal digits; null where the request has none. */
    public @Nullable String idOrNull() {
        SpanContext span = IncomingTrace.of(request());
        return span.isValid() ? span.getTraceId() : null;
    }

    /** 32 hexadecimal digits; new ones where the request has none. */
    String id() {
        return id(request());
    }

    static String id(@Nullable HttpServerRequest request) {
        return (request == null ? IncomingTrace.create() : IncomingTrace.orNewOf(request)).getTraceId();
    }

    private @Nullable HttpServerRequest request() {
        if (!Arc.container().requestContext().isActive()) {
            return null;
        }
        RoutingContext routing = current.getCurrent();
        return routing == null ? null : routing.request();
    }
}
