package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.database.RegularWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;

/** Shows what is wrong and how old that knowledge is; counted in the database, so replicas show the same. */
@ApplicationScoped
class ReconciliationMetrics {
    private final Discrepancies discrepancies;
    private final Passes passes;
    private final RegularWork counting = new RegularWork("The count of discrepancies");
    private volatile Map<Kind, Long> open = Map.of();
    /** The end of the last complete pass; before the first, the start of this replica. */
    private volatile long finishedNanos = System.nanoTime();

    ReconciliationMetrics(Discrepancies discrepancies, Passes passes, MeterRegistry metrics) {
        this.discrepancies = discrepancies;
        this.passes = passes;
        for (Kind kind : Kind.values()) {
            Gauge.builder("holdfast.reconciliation.discrepancies", () -> open.getOrDefault(kind, 0L))
                    .description("Contradictions between orders and payments that are there now")
                    .tag("kind", kind.wireName())
                    .register(metrics);
        }
        Gauge.builder("holdfast.reconciliation.last.pass.age", this::ageSeconds)
                .description(
                        "Since the end of the last complete pass over everything; before the first, since the start")
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        counting.run(this::countNow);
    }

    private void countNow() {
        open = discrepancies.countOpen();
        long nowNanos = System.nanoTime();
        Duration ago = passes.status(Passes.Name.FULL).finishedAgo();
        if (ago != null) {
            finishedNanos = nowNanos - ago.toNanos();
        }
    }

    private double ageSeconds() {
        return Duration.ofNanos(System.nanoTime() - finishedNanos).toMillis() / 1000.0;
    }
}
