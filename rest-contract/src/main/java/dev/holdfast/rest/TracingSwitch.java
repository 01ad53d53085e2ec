package dev.holdfast.rest;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Keeps OpenTelemetry out of the way of requests while no share of them is recorded: it would make spans for nobody. */
@ApplicationScoped
final class TracingSwitch implements HttpServerOptionsCustomizer {
    private final boolean off;

    TracingSwitch(@ConfigProperty(name = "quarkus.otel.traces.sampler.arg") double ratio) {
        off = ratio == 0;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        if (off) {
            options.setTracingPolicy(TracingPolicy.IGNORE);
        }
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        customizeHttpServer(options);
    }
}
