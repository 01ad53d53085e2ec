package dev.holdfast.payment.hold;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.payment.hold.HoldResult.NotHeld;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes and releases holds. A new hold is one statement with one commit, and so is a batch of them ({@link HoldBatches}).
 * What these cannot decide (a repeated request, an account that an expired hold keeps full) is decided for each order by
 * itself under the account's lock ({@link LockedHolds}).
 */
@ApplicationScoped
@DatabaseBulkhead
public class Holds {
    // The guard is evaluated again on the newest version of the row after a wait for its lock, so contention never
    // looks like missing money. The insert is plain: were the hold there already, all of it must roll back. It is no
    // more where it was captured long ago, but its transfer is. A locked account is waited for 20 ms. Where the newest
    // version of the account has no room, nothing but an expired hold can make some. All but the guard sees the account
    // as
    // it was at the start: if that has the money, it was spent or the account was frozen since, and only the lock
    // tells.
    private static final String TAKE = """
            with reserved as (
                update account set held = held + ?, updated_at = statement_timestamp()
                 where (select set_config('lock_timeout', '20ms', true)) is not null
                   and user_id = ? and balance - held >= ? and status = 'OPEN'
                   and not exists (select from transfer
                                    where order_id is not null and order_id = ? and kind = 'CAPTURE')
                returning user_id),
            taken as (
                insert into hold (order_id, user_id, amount, status, taken_by, expires_at, created_at, updated_at)
                select ?, user_id, ?, 'HELD', ?, clock_timestamp() + ? * interval '1 millisecond',
                       statement_timestamp(), statement_timestamp()
                  from reserved returning expires_at)%s
            select (select expires_at from taken) as expires_at, case
                when exists (select from taken) then 'HELD'
                when exists (select from hold where order_id = ?)
                    or exists (select from transfer
                                where order_id is not null and order_id = ? and kind = 'CAPTURE')
                    or exists (select from hold where user_id = ? and status = 'HELD'
                                  and expires_at <= statement_timestamp()) then 'UNDECIDED'
                else coalesce((
                    select case
                        when status = 'CLOSED' then 'ACCOUNT_CLOSED'
                        when status <> 'OPEN' then 'ACCOUNT_FROZEN'
                        when balance - held >= ? then 'UNDECIDED'
                        else 'INSUFFICIENT_FUNDS' end
                      from account where user_id = ?), 'ACCOUNT_NOT_FOUND') end as outcome
            """;
    private static final String TAKE_FOR_ORDER = TAKE.formatted("");
    private static final String TAKE_FOR_CLIENT = TAKE.formatted(", audited as (" + Audit.doneForEachOf("taken") + ")");
    private static final String IS_KNOWN = "select 1 from hold where order_id = ?";
    /** Each keeps a connection that orders of other accounts may need. */
    private static final int WAITING_FOR_LOCKS_MAX = 2;
    /** How long a batch may decide about orders one by one; the rest is to be sent again. */
    private static final Duration UNDECIDED_MAX = Duration.ofMillis(500);
    /** One attempt more than it takes to meet the hold of another user that was taken meanwhile. */
    private static final int ATTEMPTS_MAX = 3;

    private final Database database;
    private final HoldBatches batches;
    private final LockedHolds lockedHolds;
    private final Audit audit;
    private final HoldMetrics metrics;
    private final Semaphore waits = new Semaphore(WAITING_FOR_LOCKS_MAX);

    Holds(Database database, HoldBatches batches, LockedHolds lockedHolds, Audit audit, HoldMetrics metrics) {
        this.database = database;
        this.batches = batches;
        this.lockedHolds = lockedHolds;
        this.audit = audit;
        this.metrics = metrics;
    }

    /**
     * Reserves the amount for the order. Asking for the same again gets the same answer; a hold that expired is taken
     * anew. Must not be called inside a transaction.
     *
     * @param expiry how long the money stays reserved
     * @return never {@link NotHeld#ACCOUNT_BUSY}
     * @throws DatabaseException where somebody keeps the account locked; nothing was reserved
     */
    HoldResult take(HoldRequest request, Duration expiry) {
        HoldResult result = takeOne(request, expiry).orElseGet(() -> takeLocked(request, expiry));
        metrics.count(result);
        // It has changed nothing that its record could be at odds with.
        if (request.client() != null && result instanceof NotHeld reason && reason.isDecided()) {
            audit.refused(request.client(), request.act(), reason.code());
        }
        return result;
    }

    /**
     * Reserves the amounts for many orders, as {@link #take} does for one, by one commit as far as that is possible. Accounts
     * that somebody else has locked delay no other; only where all of them are locked is there a wait, of up to 100 ms.
     *
     * @param requests each for another order
     * @return what came of each order
     */
    Map<UUID, HoldResult> takeAll(List<HoldRequest> requests, Duration expiry) {
        Map<UUID, HoldResult> results =
                requests.size() == 1 ? takeAlone(requests.getFirst(), expiry) : takeBatch(requests, expiry);
        long deadline = System.nanoTime() + UNDECIDED_MAX.toNanos();
        for (HoldRequest request : requests) {
            metrics.count(results.computeIfAbsent(
                    request.orderId(),
                    undecided ->
                            System.nanoTime() < deadline ? takeLockedSoon(request, expiry) : NotHeld.ACCOUNT_BUSY));
        }
        return results;
    }

    /** What comes alone, as nearly all do under low load, needs no lock before its statement. */
    private Map<UUID, HoldResult> takeAlone(HoldRequest request, Duration expiry) {
        Map<UUID, HoldResult> results = new HashMap<>();
        try {
            takeOne(request, expiry).ifPresent(result -> results.put(request.orderId(), result));
        } catch (DatabaseException failure) {
            if (!PassingFailure.isContention(failure)) {
                throw failure;
            }
            return takeBatch(List.of(request), expiry);
        }
        return results;
    }

    /** Empty where only the account's lock tells. */
    private Optional<HoldResult> takeOne(HoldRequest request, Duration expiry) {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(
                request.amount(),
                request.userId(),
                request.amount(),
                request.orderId(),
                request.orderId(),
                request.amount(),
                request.takenBy().name(),
                expiry.toMillis()));
        if (request.client() != null) {
            parameters.addAll(Audit.parametersOfDone(request.client(), request.act()));
        }
        parameters.addAll(
                List.of(request.orderId(), request.orderId(), request.userId(), request.amount(), request.userId()));
        try {
            return database.first(
                            request.client() == null ? TAKE_FOR_ORDER : TAKE_FOR_CLIENT,
                            HoldResult::read,
                            parameters.toArray())
                    .flatMap(Function.identity())
                    // It may have waited for the very request that took this hold, and not have seen it.
                    .filter(result -> result != NotHeld.INSUFFICIENT_FUNDS || !isKnown(request.orderId()));
        } catch (DatabaseException failure) {
            if (Database.isUniqueViolation(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private boolean isKnown(UUID orderId) {
        return database.first(IS_KNOWN, row -> row.getInt(1), orderId).isPresent();
    }

    /** Leaves out those of which only the account's lock tells. */
    private Map<UUID, HoldResult> takeBatch(List<HoldRequest> requests, Duration expiry) {
        try {
            Map<UUID, HoldResult> results = batches.take(requests, expiry, false);
            boolean allBusy =
                    requests.stream().allMatch(request -> results.get(request.orderId()) == NotHeld.ACCOUNT_BUSY);
            return allBusy ? takeBatchWaiting(requests, expiry, results) : results;
        } catch (DatabaseException failure) {
            if (Database.isUniqueViolation(failure)) {
                return new HashMap<>();
            }
            if (PassingFailure.isContention(failure)) {
                return requests.stream().collect(Collectors.toMap(HoldRequest::orderId, any -> NotHeld.ACCOUNT_BUSY));
            }
            throw failure;
        }
    }

    /** In the queue for the locks: or a much used account would be missed again and again. Few wait there at a time. */
    private Map<UUID, HoldResult> takeBatchWaiting(
            List<HoldRequest> requests, Duration expiry, Map<UUID, HoldResult> busy) {
        if (!waits.tryAcquire()) {
            return busy;
        }
        try {
            return batches.take(requests, expiry, true);
        } finally {
            waits.release();
        }
    }

    private HoldResult takeLocked(HoldRequest request, Duration expiry) {
        for (int attempt = 1; ; attempt++) {
            try {
                return lockedHolds.take(request, expiry);
            } catch (DatabaseException failure) {
                if (!Database.isUniqueViolation(failure) || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
            }
        }
    }

    private HoldResult takeLockedSoon(HoldRequest request, Duration expiry) {
        try {
            return takeLocked(request, expiry);
        } catch (DatabaseException failure) {
            if (PassingFailure.isContention(failure) || Database.isUniqueViolation(failure)) {
                return NotHeld.ACCOUNT_BUSY;
            }
            throw failure;
        }
    }

    /**
     * Gives the money of the order's hold free. Asking again gets the same answer.
     *
     * @param client who asks through the public API, and is in the audit; null where order-service does
     */
    ReleaseResult release(UUID userId, UUID orderId, @Nullable Acting client) {
        ReleaseResult result = lockedHolds.release(userId, orderId, client);
        if (client != null && result.refusal() != null) {
            audit.refused(client, LockedHolds.releaseOf(userId, orderId), result.refusal());
        }
        return result;
    }

    /**
     * Lets nothing be captured for an order any more: whoever gets the account's lock first wins, this or the capture. Asking
     * again gets the same answer.
     *
     * @param amount what the order costs, for one that has no hold
     * @return {@link ReleaseResult#RELEASED}, {@link ReleaseResult#ALREADY_CAPTURED} or {@link
     *     ReleaseResult#OF_NEWER_VERSION}
     */
    ReleaseResult cancel(UUID userId, UUID orderId, BigDecimal amount) {
        return lockedHolds.cancel(userId, orderId, amount);
    }
}
