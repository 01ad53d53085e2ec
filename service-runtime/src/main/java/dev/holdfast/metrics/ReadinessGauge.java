package dev.holdfast.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.SmallRyeHealthReporter;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Shows readiness as a metric, for whoever watches the services without their probes. */
@ApplicationScoped
class ReadinessGauge {
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final SmallRyeHealthReporter health;
    /** Not known before it was first asked for. */
    private volatile double ready = Double.NaN;

    ReadinessGauge(Vertx vertx, SmallRyeHealthReporter health, MeterRegistry metrics) {
        this.vertx = vertx;
        this.health = health;
        Gauge.builder("holdfast.ready", () -> ready)
                .description("1 while the service is ready, 0 while it is not")
                .register(metrics);
    }

    void start(@Observes StartupEvent event) {
        vertx.setPeriodic(
                EVERY.toMillis(),
                timer -> health.getReadinessAsync()
                        .subscribe()
                        .with(readiness -> ready = readiness.isDown() ? 0 : 1, failure -> ready = 0));
    }
}
