package dev.holdfast.order;

import dev.holdfast.delivery.DatabaseException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The time that orders are stamped with: the database's, which also decides what is due and how old an order is. It is
 * not asked for each order, but every few seconds how far this machine's clock is off.
 */
@ApplicationScoped
class DatabaseClock {
    private static final Logger LOG = Logger.getLogger(DatabaseClock.class);
    private static final String NOW = "select clock_timestamp()";
    /** An answer that took longer tells too little. */
    private static final Duration ROUND_TRIP_MAX = Duration.ofSeconds(1);

    private final DataSource dataSource;
    private final Clock machine;
    private volatile Duration behind = Duration.ZERO;

    /** @param offset how far this machine's clock is ahead; for tests of what happens when clocks differ */
    DatabaseClock(DataSource dataSource, @ConfigProperty(name = "clock.offset") Duration offset) {
        this.dataSource = dataSource;
        this.machine = Clock.offset(Clock.systemUTC(), offset);
    }

    @Produces
    @ApplicationScoped
    Clock clock() {
        InstantSource database = () -> machine.instant().plus(behind);
        return database.withZone(ZoneOffset.UTC);
    }

    void compareAtStart(@Observes @Priority(1) StartupEvent started) {
        compare();
    }

    @Scheduled(
            identity = "database-clock",
            every = "5s",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void compareAgain() {
        try {
            compare();
        } catch (DatabaseException e) {
            LOG.debugf("The clocks are compared again later: %s", e.getMessage());
        }
    }

    private void compare() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(NOW)) {
            Instant asked = machine.instant();
            try (ResultSet row = select.executeQuery()) {
                row.next();
                Instant database = row.getObject(1, OffsetDateTime.class).toInstant();
                Duration roundTrip = Duration.between(asked, machine.instant());
                if (!roundTrip.isNegative() && roundTrip.compareTo(ROUND_TRIP_MAX) < 0) {
                    behind = Duration.between(asked.plus(roundTrip.dividedBy(2)), database);
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("The database's clock could not be read", e);
        }
    }
}
