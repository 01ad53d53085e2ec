package dev.holdfast.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Shows how many events wait to be sent, and for how long the oldest has; numbers that grow tell of a broker that is away
 * or refuses them. Readiness shows what was counted last, so that a probe costs the database nothing.
 */
@ApplicationScoped
class OutboxGauge {
    private static final int COUNTED_MAX = 100_000;

    private final Clock clock;
    private volatile OutboxEntry.Backlog backlog = new OutboxEntry.Backlog(0, null);

    OutboxGauge(Clock clock, MeterRegistry metrics) {
        this.clock = clock;
        Gauge.builder("holdfast.outbox.unsent", this, OutboxGauge::unsent).register(metrics);
        Gauge.builder("holdfast.outbox.oldest.unsent", this, OutboxGauge::oldestSeconds)
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        backlog = OutboxEntry.backlog(COUNTED_MAX);
    }

    long unsent() {
        return backlog.unsent();
    }

    long oldestSeconds() {
        Instant oldest = backlog.oldest();
        return oldest == null ? 0 : Duration.between(oldest, clock.instant()).toSeconds();
    }
}
