package dev.holdfast.payment.hold;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.delivery.PassingFailure;
import dev.holdfast.payment.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Takes and releases holds. The usual new hold is one statement with one commit; all else (a repeated request, an
 * account without room) is settled under the account's lock by {@link LockedHolds}.
 */
@ApplicationScoped
public class Holds {
    // The guard is evaluated again on the newest version of the row after a wait for its lock, so contention never
    // looks like missing money. The insert is plain: were the hold there already, all of it must roll back.
    private static final String TAKE = """
            with reserved as (
                update account set held = held + ?, updated_at = ?
                 where user_id = ? and balance - held >= ? returning user_id)
            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            select ?, user_id, ?, 'HELD', ?, ?, ? from reserved
            """;
    // As in JointHolds an account that somebody keeps locked is waited for only a moment, here for this statement.
    private static final String TAKE_SOON =
            TAKE.replace("where", "where (select set_config('lock_timeout', '250ms', true)) is not null and");
    /** One attempt more than it takes to meet the hold of another user that was taken meanwhile. */
    private static final int ATTEMPTS_MAX = 3;

    private final Database database;
    private final JointHolds jointHolds;
    private final LockedHolds lockedHolds;
    private final HoldMetrics metrics;
    private final Clock clock;

    Holds(Database database, JointHolds jointHolds, LockedHolds lockedHolds, HoldMetrics metrics, Clock clock) {
        this.database = database;
        this.jointHolds = jointHolds;
        this.lockedHolds = lockedHolds;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Reserves the amount for the order. Asking for the same again gets the same answer; a hold that expired is taken
     * anew. Must not be called inside a transaction.
     *
     * @param expiry how long the money stays reserved
     */
    public HoldResult take(UUID userId, UUID orderId, BigDecimal amount, Duration expiry) {
        HoldResult result = settle(userId, orderId, amount, expiry);
        metrics.count(result);
        return result;
    }

    private HoldResult settle(UUID userId, UUID orderId, BigDecimal amount, Duration expiry) {
        Instant now = clock.instant();
        Instant expiresAt = now.plus(expiry);
        try {
            if (take(TAKE, userId, orderId, amount, now, expiresAt)) {
                return new HoldResult.Held(expiresAt);
            }
        } catch (DatabaseException failure) {
            if (!Database.isUniqueViolation(failure)) {
                throw failure;
            }
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return lockedHolds.take(userId, orderId, amount, expiry);
            } catch (DatabaseException failure) {
                if (!Database.isUniqueViolation(failure) || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
            }
        }
    }

    /** By one statement with one commit; false where the account has no room, or is not there. */
    private boolean take(
            String statement, UUID userId, UUID orderId, BigDecimal amount, Instant now, Instant expiresAt) {
        return database.update(statement, amount, now, userId, amount, orderId, amount, expiresAt, now, now) == 1;
    }

    /**
     * Takes those of the holds that can be taken at once, all by one commit. Why the others were not is for {@link #take}
     * to find out, one by one: the money may not be there, the order may have a hold, or one of the accounts is busy.
     *
     * @return the order ids of those that were taken
     */
    Set<UUID> takeJointly(List<JointHolds.Wanted> wanted, Duration expiry) {
        try {
            Set<UUID> taken =
                    wanted.size() == 1 ? takeLone(wanted.getFirst(), expiry) : jointHolds.take(wanted, expiry);
            metrics.countHeld(taken.size());
            return taken;
        } catch (DatabaseException failure) {
            if (Database.isUniqueViolation(failure) || PassingFailure.isContention(failure)) {
                return Set.of();
            }
            throw failure;
        }
    }

    /** What comes alone, as nearly all do where there is little load, needs no lock before its statement. */
    private Set<UUID> takeLone(JointHolds.Wanted hold, Duration expiry) {
        Instant now = clock.instant();
        boolean taken = take(TAKE_SOON, hold.userId(), hold.orderId(), hold.amount(), now, now.plus(expiry));
        return taken ? Set.of(hold.orderId()) : Set.of();
    }

    /** Gives the money of the order's hold free. Asking again gets the same answer. */
    public ReleaseResult release(UUID userId, UUID orderId) {
        return lockedHolds.release(userId, orderId);
    }
}
