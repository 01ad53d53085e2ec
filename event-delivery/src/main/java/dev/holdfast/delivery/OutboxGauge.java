package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Shows how many events wait to be sent, and for how long the oldest has; numbers that grow tell of a broker that is away
 * or refuses them. Readiness shows what was counted last, so that a probe costs the database nothing.
 */
@ApplicationScoped
class OutboxGauge {
    /** @param unsent at most {@code COUNTED_MAX}; the age is that of the oldest among those counted */
    record Backlog(long unsent, long oldestSeconds) {}

    private static final int COUNTED_MAX = 100_000;
    // In the order of the relay's index: an event that was never refused is due since it was written.
    private static final String COUNT = """
            select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from (
                select created_at from outbox where sent_at is null order by next_attempt_at, seq limit ?) as backlog
            """;

    private final Database database;
    private volatile Backlog backlog = new Backlog(0, 0);

    OutboxGauge(Database database, MeterRegistry metrics) {
        this.database = database;
        Gauge.builder("holdfast.outbox.unsent", this, gauge -> gauge.backlog.unsent())
                .register(metrics);
        Gauge.builder("holdfast.outbox.oldest.unsent", this, gauge -> gauge.backlog.oldestSeconds())
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        backlog = database.only(COUNT, row -> new Backlog(row.getLong(1), row.getLong(2)), COUNTED_MAX);
    }

    Backlog backlog() {
        return backlog;
    }
}
