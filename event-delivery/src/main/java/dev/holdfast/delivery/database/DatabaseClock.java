package dev.holdfast.delivery.database;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The time that orders and events are stamped with: the database's, which also decides what is due and how old it is. It is
 * not asked for each of them, but every few seconds how far this machine's clock is off.
 */
@ApplicationScoped
class DatabaseClock {
    private static final Logger LOG = Logger.getLogger(DatabaseClock.class);
    private static final String NOW = "select clock_timestamp()";
    /** PostgreSQL keeps microseconds: what is answered is then what is stored. */
    private static final Duration PRECISION = Duration.ofNanos(1_000);
    /** An answer that took longer tells too little. */
    private static final Duration ROUND_TRIP_MAX = Duration.ofSeconds(1);

    private final Database database;
    private final Clock machine;
    private volatile Duration behind = Duration.ZERO;

    /** @param offset how far this machine's clock is ahead; for tests of what happens when clocks differ */
    DatabaseClock(Database database, @ConfigProperty(name = "clock.offset", defaultValue = "PT0S") Duration offset) {
        this.database = database;
        this.machine = Clock.offset(Clock.systemUTC(), offset);
    }

    @Produces
    @ApplicationScoped
    Clock clock() {
        InstantSource database = () -> machine.instant().plus(behind);
        return Clock.tick(database.withZone(ZoneOffset.UTC), PRECISION);
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
        // The wait for a connection is no part of the round trip.
        behind = database.run(NOW, this::measure);
    }

    private Duration measure(PreparedStatement now) throws SQLException {
        Instant asked = machine.instant();
        try (ResultSet row = now.executeQuery()) {
            row.next();
            Instant answer = Database.instant(row, "clock_timestamp");
            Duration roundTrip = Duration.between(asked, machine.instant());
            return !roundTrip.isNegative() && roundTrip.compareTo(ROUND_TRIP_MAX) < 0
                    ? Duration.between(asked.plus(roundTrip.dividedBy(2)), answer)
                    : behind;
        }
    }
}
