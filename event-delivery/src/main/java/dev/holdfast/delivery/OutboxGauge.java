package dev.holdfast.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Shows how many events wait to be sent, and for how long the oldest has; numbers that grow tell of a broker that is away
 * or refuses them. Readiness shows what was counted last, so that a probe costs the database nothing.
 */
@ApplicationScoped
class OutboxGauge {
    /** @param unsent at most {@code COUNTED_MAX}; the age is that of the oldest among those counted */
    record Backlog(long unsent, long oldestSeconds) {}

    private static final int COUNTED_MAX = 100_000;
    // In the order of the relay's index: what was never refused is due since it was written.
    private static final String COUNT = """
            select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from (
                select created_at from outbox where sent_at is null order by next_attempt_at, seq limit ?) as backlog
            """;

    private final DataSource dataSource;
    private volatile Backlog backlog = new Backlog(0, 0);

    OutboxGauge(DataSource dataSource, MeterRegistry metrics) {
        this.dataSource = dataSource;
        Gauge.builder("holdfast.outbox.unsent", this, gauge -> gauge.backlog.unsent())
                .register(metrics);
        Gauge.builder("holdfast.outbox.oldest.unsent", this, gauge -> gauge.backlog.oldestSeconds())
                .baseUnit("seconds")
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement count = connection.prepareStatement(COUNT)) {
            count.setInt(1, COUNTED_MAX);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                backlog = new Backlog(row.getLong(1), row.getLong(2));
            }
        }
    }

    Backlog backlog() {
        return backlog;
    }
}
