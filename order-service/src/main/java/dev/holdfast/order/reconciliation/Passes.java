package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a pass, and what the last one has seen: a row of the database with a lease, so that of several replicas one
 * makes it, another takes over from one that vanished, and all of them answer the same.
 */
@ApplicationScoped
class Passes {
    enum Name {
        FULL,
        RECENT
    }

    /**
     * What a complete pass has seen.
     *
     * @param unverified accounts of which payments could not tell yet whether they are right
     */
    record Seen(long orders, long accounts, long unverified, long inFlight) {}

    /**
     * As of now.
     *
     * @param passes how many were completed
     * @param failures how many were not
     * @param finishedAgo since the last complete one ended, by the database's clock
     */
    record Status(
            long passes,
            long failures,
            boolean running,
            @Nullable Instant lastStartedAt,
            @Nullable Instant lastFinishedAt,
            @Nullable Duration finishedAgo,
            @Nullable String lastError,
            Seen seen) {}

    /** A pass that is asked for once more after a failure waits so long. */
    private static final Duration RETRY = Duration.ofSeconds(2);

    private static final int ERROR_CHARACTERS_MAX = 500;

    private static final String BEGIN = """
            update reconciliation_pass
               set holder = ?, lease_until = now() + ? * interval '1 millisecond', started_at = now()
             where name = ? and (lease_until is null or lease_until <= now())
               and (started_at is null or started_at <= now() - ? * interval '1 millisecond'
                    or (requested > passes
                        and (last_error is null or started_at <= now() - ? * interval '1 millisecond')))
            """;
    private static final String RENEW = """
            update reconciliation_pass set lease_until = now() + ? * interval '1 millisecond'
             where name = ? and holder = ? and lease_until > now() returning requested > passes
            """;
    private static final String FINISH = """
            update reconciliation_pass
               set passes = passes + 1, lease_until = null, last_started_at = started_at, last_finished_at = now(),
                   last_error = null, orders_compared = ?, accounts_compared = ?, accounts_unverified = ?,
                   in_flight = ?
             where name = ? and holder = ? and lease_until > now()
            """;
    private static final String FAIL = """
            update reconciliation_pass set failures = failures + 1, lease_until = null, last_error = ?
             where name = ? and holder = ?
            """;
    // A pass under way may have looked already at what the caller wants it to see: it is the next one that counts.
    private static final String REQUEST = """
            update reconciliation_pass
               set requested = greatest(requested, passes + case when lease_until > now() then 2 else 1 end)
             where name = 'FULL' returning passes + case when lease_until > now() then 2 else 1 end
            """;
    private static final String STATUS = """
            select passes, failures, coalesce(lease_until > now(), false), last_started_at, last_finished_at, last_error,
                   orders_compared, accounts_compared, accounts_unverified, in_flight,
                   cast(extract(epoch from now() - last_finished_at) * 1000 as bigint)
              from reconciliation_pass where name = ?
            """;

    private final Database database;
    private final ReconciliationConfig config;

    Passes(Database database, ReconciliationConfig config) {
        this.database = database;
        this.config = config;
    }

    /** Takes the lease if a pass is due, or asked for, and nobody else makes it. */
    boolean begin(Name pass, UUID holder) {
        Duration interval = switch (pass) {
            case FULL -> config.fullInterval();
            case RECENT -> config.recentInterval();
        };
        return database.update(
                        BEGIN, holder, config.lease().toMillis(), pass.name(), interval.toMillis(), RETRY.toMillis())
                == 1;
    }

    /** Keeps the lease; tells whether somebody waits for a pass, or nothing where the lease is lost. */
    Optional<Boolean> renew(Name pass, UUID holder) {
        return database.first(RENEW, row -> row.getBoolean(1), config.lease().toMillis(), pass.name(), holder);
    }

    /** Ends a complete pass. */
    void finish(Name pass, UUID holder, Seen seen) {
        database.update(
                FINISH, seen.orders(), seen.accounts(), seen.unverified(), seen.inFlight(), pass.name(), holder);
    }

    /** Ends a pass that could not be completed. */
    void fail(Name pass, UUID holder, String error) {
        database.update(FAIL, error.substring(0, Math.min(error.length(), ERROR_CHARACTERS_MAX)), pass.name(), holder);
    }

    /** Asks for a full pass that begins after this call; it is complete once so many were. */
    long request() {
        return database.only(REQUEST, row -> row.getLong(1));
    }

    Status status(Name pass) {
        return database.only(
                STATUS,
                row -> new Status(
                        row.getLong(1),
                        row.getLong(2),
                        row.getBoolean(3),
                        Database.instantOrNull(row, "last_started_at"),
                        Database.instantOrNull(row, "last_finished_at"),
                        ago(row, 11),
                        row.getString(6),
                        new Seen(row.getLong(7), row.getLong(8), row.getLong(9), row.getLong(10))),
                pass.name());
    }

    private static @Nullable Duration ago(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }
}
