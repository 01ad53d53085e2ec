package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.RegularWork;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Shows what does not fit, how fast it is verified and how old that is; from the database, so replicas show the same. */
@ApplicationScoped
class VerificationMetrics {
    private final ChainFindings findings;
    private final VerificationPasses passes;
    private final RegularWork counting = new RegularWork("The count of what does not fit");
    private volatile Map<FindingKind, Long> open = Map.of();
    private volatile long transfers;
    /** The beginning of the last complete pass; before the first, the start of this replica. */
    private volatile long verifiedNanos = System.nanoTime();

    VerificationMetrics(ChainFindings findings, VerificationPasses passes, MeterRegistry metrics) {
        this.findings = findings;
        this.passes = passes;
        for (FindingKind kind : FindingKind.values()) {
            Gauge.builder("holdfast.verification.findings", () -> open.getOrDefault(kind, 0L))
                    .description("Places where a chain or a seal does not fit now")
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .register(metrics);
        }
        FunctionCounter.builder("holdfast.verification.transfers", this, shown -> shown.transfers)
                .description("Transfers verified by the passes over all of them, by any replica")
                .register(metrics);
        Gauge.builder("holdfast.verification.age", this::ageSeconds)
                .description(
                        "Since the beginning of the last complete pass over all transfers: no verification is older")
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        counting.run(this::countNow);
    }

    private void countNow() {
        open = findings.count();
        long nowNanos = System.nanoTime();
        VerificationPasses.Status status = passes.status(VerificationPasses.Name.FULL);
        transfers = status.transfers();
        Duration ago = status.verifiedAgo();
        if (ago != null) {
            verifiedNanos = nowNanos - ago.toNanos();
        }
    }

    private double ageSeconds() {
        return Duration.ofNanos(System.nanoTime() - verifiedNanos).toMillis() / 1000.0;
    }
}
