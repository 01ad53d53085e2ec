package dev.holdfast.delivery;

import dev.holdfast.delivery.database.RegularWork;
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
    private final RegularWork counting = new RegularWork("The count of unsent events");
    private volatile long unsent;
    private volatile long refused;
    private volatile long oldestSeconds;

    OutboxGauge(Clock clock, MeterRegistry metrics) {
        this.clock = clock;
        Gauge.builder("holdfast.outbox.unsent", this, OutboxGauge::unsent).register(metrics);
        Gauge.builder("holdfast.outbox.unsent.refused", () -> refused)
                .description(
                        "Unsent events that the broker has refused or not confirmed; they are tried again for ever")
                .register(metrics);
        Gauge.builder("holdfast.outbox.oldest.unsent", this, OutboxGauge::oldestSeconds)
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        counting.run(this::countNow);
    }

    private void countNow() {
        OutboxEntry.Backlog backlog = OutboxEntry.backlog(COUNTED_MAX);
        unsent = backlog.unsent();
        refused = backlog.refused();
        Instant oldest = backlog.oldest();
        // Its time may be ahead of the clock by what that is off.
        oldestSeconds = oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, clock.instant()).toSeconds());
    }

    long unsent() {
        return unsent;
    }

    long oldestSeconds() {
        return oldestSeconds;
    }
}
