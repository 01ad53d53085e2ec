package dev.holdfast.order;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** What is counted about orders; the meters are made once, so that counting costs an addition. */
@ApplicationScoped
@Startup
public class OrderMetrics {
    private final Counter placed;
    private final Counter finished;
    private final Meter.MeterProvider<Counter> cancelled;
    private final Counter ignored;
    private final Timer timeToTerminal;
    private final DistributionSummary placedTogether;

    OrderMetrics(MeterRegistry registry) {
        placed = Counter.builder("holdfast.orders.placed")
                .description("Orders stored, replays not counted")
                .register(registry);
        finished = Counter.builder("holdfast.orders.finished")
                .description("Orders paid")
                .register(registry);
        cancelled = Counter.builder("holdfast.orders.cancelled")
                .description(
                        "Orders cancelled because their payment failed, on request, or because nobody captured them")
                .withRegistry(registry);
        ignored = Counter.builder("holdfast.orders.results.ignored")
                .description("Results of payments that came for an order which was terminal already")
                .register(registry);
        placedTogether = DistributionSummary.builder("holdfast.orders.placed.together")
                .description("Orders that shared the call of payments and the statement that placed them")
                .register(registry);
        timeToTerminal = Timer.builder("holdfast.orders.time.to.terminal")
                .description(
                        "From the placing of an order, or the request to capture it, until it was finished or cancelled")
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10))
                .register(registry);
    }

    public void placed() {
        placed.increment();
    }

    public void placedTogether(int orders) {
        placedTogether.record(orders);
    }

    public void finished(Duration afterPlacing) {
        finished.increment();
        timeToTerminal.record(afterPlacing);
    }

    public void cancelled(CancelReason reason, Duration afterPlacing) {
        cancelled.withTag("reason", reason.wireName()).increment();
        // These tell how long somebody thought about it, not how long orders take.
        if (reason != CancelReason.CANCELLED_BY_REQUEST && reason != CancelReason.HOLD_EXPIRED) {
            timeToTerminal.record(afterPlacing);
        }
    }

    public void ignored() {
        ignored.increment();
    }
}
