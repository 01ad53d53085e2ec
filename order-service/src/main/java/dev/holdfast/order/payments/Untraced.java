package dev.holdfast.order.payments;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.ws.rs.ext.ContextResolver;

/** Keeps OpenTelemetry out of the REST client: it would begin a trace with each call, also while none is recorded. */
public final class Untraced implements ContextResolver<HttpClientOptions> {
    @Override
    public HttpClientOptions getContext(Class<?> type) {
        return new HttpClientOptions().setTracingPolicy(TracingPolicy.IGNORE);
    }
}
