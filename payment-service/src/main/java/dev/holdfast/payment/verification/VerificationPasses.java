package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a pass and how far it is: a row with a lease, so that of several replicas one makes it, and another one goes on where it
 * was left.
 */
@ApplicationScoped
class VerificationPasses {
    enum Name {
        FULL,
        RECENT
    }

    /**
     * Where a pass goes on.
     *
     * @param sinceLast how long ago the one before has begun; null before the first
     */
    record Place(UUID lastUser, long lastSeal, @Nullable Duration sinceLast) {}

    /** @param verifiedAgo since the beginning of the last complete pass: all that is older was verified since then */
    record Status(long passes, long transfers, @Nullable Duration verifiedAgo) {}

    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final String BEGIN = """
            update verification_pass
               set holder = ?, lease_until = now() + ? * interval '1 millisecond', done = false,
                   started_at = case when done then now() else started_at end,
                   last_user = case when done then '00000000-0000-0000-0000-000000000000' else last_user end,
                   last_seal = case when done then 0 else last_seal end
             where name = ? and (lease_until is null or lease_until <= now())
               and (not done or started_at is null or started_at <= now() - ? * interval '1 millisecond')
            returning last_user, last_seal,
                      cast(extract(epoch from now() - old.last_started_at) * 1000 as bigint) as ago_millis
            """;
    private static final String MOVE = """
            update verification_pass
               set lease_until = now() + ? * interval '1 millisecond', last_user = ?, last_seal = ?,
                   transfers = transfers + ?
             where name = ? and holder = ? and lease_until > now()
            """;
    private static final String FINISH = """
            update verification_pass
               set done = true, passes = passes + 1, lease_until = null, last_started_at = started_at,
                   last_finished_at = now()
             where name = ? and holder = ? and lease_until > now()
            """;
    private static final String GIVE_UP =
            "update verification_pass set lease_until = null where name = ? and holder = ?";
    private static final String STATUS = """
            select passes, transfers, cast(extract(epoch from now() - last_started_at) * 1000 as bigint) as ago_millis
              from verification_pass where name = ?
            """;

    private final Database database;

    VerificationPasses(Database database) {
        this.database = database;
    }

    /** Takes the lease if a pass is due, or was left, and nobody else makes it. */
    Optional<Place> begin(Name pass, UUID holder, Duration interval) {
        return database.first(
                BEGIN,
                row -> {
                    long ago = row.getLong("ago_millis");
                    return new Place(
                            Database.uuid(row, "last_user"),
                            row.getLong("last_seal"),
                            row.wasNull() ? null : Duration.ofMillis(ago));
                },
                holder,
                LEASE.toMillis(),
                pass.name(),
                interval.toMillis());
    }

    /** Notes how far it is, and keeps the lease; false where that is lost. */
    boolean move(Name pass, UUID holder, UUID lastUser, long lastSeal, long transfers) {
        return database.update(MOVE, LEASE.toMillis(), lastUser, lastSeal, transfers, pass.name(), holder) == 1;
    }

    void finish(Name pass, UUID holder) {
        database.update(FINISH, pass.name(), holder);
    }

    /** Leaves it where it is. */
    void giveUp(Name pass, UUID holder) {
        database.update(GIVE_UP, pass.name(), holder);
    }

    Status status(Name pass) {
        return database.only(
                STATUS,
                row -> {
                    long ago = row.getLong("ago_millis");
                    Duration verifiedAgo = row.wasNull() ? null : Duration.ofMillis(ago);
                    return new Status(row.getLong("passes"), row.getLong("transfers"), verifiedAgo);
                },
                pass.name());
    }
}
