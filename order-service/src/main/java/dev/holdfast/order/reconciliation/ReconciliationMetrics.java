package dev.holdfast.order.reconciliation;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows what is wrong and how old that knowledge is; counted in the database, so replicas show the same. */
@ApplicationScoped
class ReconciliationMetrics {
    private final Discrepancies discrepancies;
    private final Passes passes;
    private final Clock clock;
    private volatile Map<Kind, Long> open = Map.of();
    private volatile @Nullable Instant lastFinishedAt;

    ReconciliationMetrics(Discrepancies discrepancies, Passes passes, Clock clock, MeterRegistry metrics) {
        this.discrepancies = discrepancies;
        this.passes = passes;
        this.clock = clock;
        for (Kind kind : Kind.values()) {
            Gauge.builder("holdfast.reconciliation.discrepancies", () -> open.getOrDefault(kind, 0L))
                    .description("Contradictions between orders and payments that are there now")
                    .tag("kind", kind.wireName())
                    .register(metrics);
        }
        Gauge.builder("holdfast.reconciliation.last.pass.age", this::ageSeconds)
                .description("Since the end of the last complete pass over everything; NaN before the first")
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        open = discrepancies.countOpen();
        lastFinishedAt = passes.status(Passes.Name.FULL).lastFinishedAt();
    }

    private double ageSeconds() {
        Instant finished = lastFinishedAt;
        return finished == null
                ? Double.NaN
                : Duration.between(finished, clock.instant()).toMillis() / 1000.0;
    }
}
