package dev.holdfast.payment.hold;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.delivery.PassingFailure;
import dev.holdfast.payment.database.Database;
import dev.holdfast.rest.DatabaseBulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Takes and releases holds. The usual new hold is one statement with one commit; all else (a repeated request, an
 * account without room) is settled under the account's lock by {@link LockedHolds}.
 */
@ApplicationScoped
@DatabaseBulkhead
public class Holds {
    // The guard is evaluated again on the newest version of the row after a wait for its lock, so contention never
    // looks like missing money. The insert is plain: were the hold there already, all of it must roll back. It is no
    // more where it was captured long ago, but its transfer is.
    private static final String RESERVE = """
            with reserved as (
                update account set held = held + ?, updated_at = statement_timestamp()
                 where user_id = ? and balance - held >= ?
                   and not exists (select from transfer
                                    where order_id is not null and order_id = ? and kind = 'CAPTURE')
                returning user_id),
            taken as (
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select ?, user_id, ?, 'HELD', clock_timestamp() + ? * interval '1 millisecond',
                       statement_timestamp(), statement_timestamp()
                  from reserved returning expires_at)
            """;
    private static final String TAKE = RESERVE + "select expires_at from taken";
    // As in JointHolds an account that somebody keeps locked is waited for only a moment, here for this statement.
    // Where the newest version of the account has no room, nothing but an expired hold can make some.
    private static final String TAKE_SOON =
            RESERVE.replaceFirst("where", "where (select set_config('lock_timeout', '20ms', true)) is not null and")
                    + """
            select case
                when exists (select from taken) then 'HELD'
                when not exists (select from account where user_id = ?) then 'ACCOUNT_NOT_FOUND'
                when exists (select from hold where order_id = ?)
                    or exists (select from transfer
                                where order_id is not null and order_id = ? and kind = 'CAPTURE')
                    or exists (select from hold where user_id = ? and status = 'HELD'
                                  and expires_at <= statement_timestamp()) then 'UNDECIDED'
                else 'INSUFFICIENT_FUNDS' end
            """;
    private static final String IS_KNOWN = "select 1 from hold where order_id = ?";
    /** Each keeps a connection that orders of other accounts may need. */
    private static final int WAITING_FOR_LOCKS_MAX = 2;
    /** One attempt more than it takes to meet the hold of another user that was taken meanwhile. */
    private static final int ATTEMPTS_MAX = 3;

    private final Database database;
    private final JointHolds jointHolds;
    private final LockedHolds lockedHolds;
    private final HoldMetrics metrics;
    private final Semaphore waits = new Semaphore(WAITING_FOR_LOCKS_MAX);

    Holds(Database database, JointHolds jointHolds, LockedHolds lockedHolds, HoldMetrics metrics) {
        this.database = database;
        this.jointHolds = jointHolds;
        this.lockedHolds = lockedHolds;
        this.metrics = metrics;
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
        try {
            Optional<Instant> expiresAt = database.first(
                    TAKE,
                    row -> Database.instant(row, "expires_at"),
                    amount,
                    userId,
                    amount,
                    orderId,
                    orderId,
                    amount,
                    expiry.toMillis());
            if (expiresAt.isPresent()) {
                return new HoldResult.Held(expiresAt.get());
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

    /**
     * Takes those of the holds that can be taken at once, all by one commit. Accounts that are locked by somebody else are
     * put aside and delay no other; only where all of them are locked is there a wait, of up to 100 ms.
     *
     * @return what came of each order
     */
    Map<UUID, JointOutcome> takeJointly(List<JointHolds.Wanted> wanted, Duration expiry) {
        Map<UUID, JointOutcome> outcomes =
                wanted.size() == 1 ? takeLone(wanted.getFirst(), expiry) : takeMany(wanted, expiry);
        metrics.count(outcomes.values());
        return outcomes;
    }

    private Map<UUID, JointOutcome> takeMany(List<JointHolds.Wanted> wanted, Duration expiry) {
        try {
            Map<UUID, JointOutcome> outcomes = jointHolds.take(wanted, expiry, false);
            boolean allBusy = outcomes.values().stream().allMatch(JointOutcome.ACCOUNT_BUSY::equals);
            return allBusy ? takeWaiting(wanted, expiry, outcomes) : outcomes;
        } catch (DatabaseException failure) {
            return all(wanted, outcomeOf(failure));
        }
    }

    /** In the queue for the locks: or a much used account would be missed again and again. Few wait there at a time. */
    private Map<UUID, JointOutcome> takeWaiting(
            List<JointHolds.Wanted> wanted, Duration expiry, Map<UUID, JointOutcome> busy) {
        if (!waits.tryAcquire()) {
            return busy;
        }
        try {
            return jointHolds.take(wanted, expiry, true);
        } finally {
            waits.release();
        }
    }

    /** What comes alone, as nearly all do where there is little load, needs no lock before its statement. */
    private Map<UUID, JointOutcome> takeLone(JointHolds.Wanted hold, Duration expiry) {
        JointOutcome outcome;
        try {
            outcome = JointOutcome.valueOf(database.first(
                            TAKE_SOON,
                            row -> row.getString(1),
                            hold.amount(),
                            hold.userId(),
                            hold.amount(),
                            hold.orderId(),
                            hold.orderId(),
                            hold.amount(),
                            expiry.toMillis(),
                            hold.userId(),
                            hold.orderId(),
                            hold.orderId(),
                            hold.userId())
                    .orElseThrow());
        } catch (DatabaseException failure) {
            outcome = outcomeOf(failure);
        }
        if (outcome == JointOutcome.INSUFFICIENT_FUNDS && isKnown(hold.orderId())) {
            // It waited for the very request that took this hold, and did not see it.
            outcome = JointOutcome.UNDECIDED;
        }
        boolean settled = outcome != JointOutcome.UNDECIDED && outcome != JointOutcome.ACCOUNT_BUSY;
        return settled ? all(List.of(hold), outcome) : takeMany(List.of(hold), expiry);
    }

    private boolean isKnown(UUID orderId) {
        return database.first(IS_KNOWN, row -> row.getInt(1), orderId).isPresent();
    }

    private static JointOutcome outcomeOf(DatabaseException failure) {
        if (Database.isUniqueViolation(failure)) {
            return JointOutcome.UNDECIDED;
        }
        if (PassingFailure.isContention(failure)) {
            return JointOutcome.ACCOUNT_BUSY;
        }
        throw failure;
    }

    private static Map<UUID, JointOutcome> all(List<JointHolds.Wanted> wanted, JointOutcome outcome) {
        return wanted.stream()
                .map(JointHolds.Wanted::orderId)
                .distinct()
                .collect(Collectors.toMap(Function.identity(), any -> outcome));
    }

    /** Gives the money of the order's hold free. Asking again gets the same answer. */
    public ReleaseResult release(UUID userId, UUID orderId) {
        return lockedHolds.release(userId, orderId);
    }
}
