package dev.holdfast.payment.capture;

import dev.holdfast.delivery.Inbox;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.database.Database;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.payment.hold.Hold;
import dev.holdfast.payment.hold.HoldStatus;
import dev.holdfast.payment.transfer.OutsideAccounts;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads and writes the rows of a batch of captures, each kind by one statement for the whole batch. */
@ApplicationScoped
class CaptureTables {
    // In one order, so that two batches that share accounts wait for each other instead of deadlocking. The holds are
    // read by a statement of their own, so that it sees what the last owner of the locks committed.
    private static final String LOCK_AGAIN = """
            select user_id, balance, held from account where user_id = any(?) order by user_id for no key update;
            """ + "select " + Hold.COLUMNS + " from hold where order_id = any(?)";
    private static final String LOCK = Inbox.FIRST_SEEN + LOCK_AGAIN;
    private static final String FIND_REFUNDED =
            "select order_id from transfer where order_id is not null and order_id = any(?) and kind = 'REFUND'";
    // New balances are found by their place in the array: a join with it is planned as a full scan on fresh tables.
    private static final String CAPTURE = """
            with captured as (
                update hold set status = 'CAPTURED', updated_at = ? where order_id = any(?)),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                select user_id, ?, amount, 'CAPTURE', order_id, ?
                  from unnest(?::uuid[], ?::numeric[], ?::uuid[]) as capture (user_id, amount, order_id))
            update account
               set balance = (?::numeric[])[array_position(?::uuid[], user_id)],
                   held = (?::numeric[])[array_position(?::uuid[], user_id)],
                   updated_at = ?
             where user_id = any(?)
            """;

    private final Database database;
    private final ExpiredHolds expiredHolds;

    CaptureTables(Database database, ExpiredHolds expiredHolds) {
        this.database = database;
        this.expiredHolds = expiredHolds;
    }

    /**
     * What requests are about.
     *
     * @param firstSeen the ids of the events that were not applied before
     */
    record Received(Set<UUID> firstSeen, CaptureBatch batch) {}

    /** Records the requests in the inbox, locks their accounts, then reads those and the holds, by one round trip. */
    @Transactional(TxType.MANDATORY)
    Received lock(List<PaymentRequested> requests, Instant now) {
        UUID[] eventIds = requests.stream().map(PaymentRequested::eventId).toArray(UUID[]::new);
        UUID[] userIds =
                requests.stream().map(PaymentRequested::userId).distinct().toArray(UUID[]::new);
        UUID[] orderIds =
                requests.stream().map(PaymentRequested::orderId).distinct().toArray(UUID[]::new);
        Set<UUID> firstSeen = HashSet.newHashSet(eventIds.length);
        Locked locked = new Locked();
        database.queryEach(
                LOCK,
                List.of(row -> firstSeen.add(Database.uuid(row, "event_id")), locked::addAccount, locked::addHold),
                eventIds,
                userIds,
                orderIds);
        Set<UUID> inNeedOfRoom = locked.holds.values().stream()
                .filter(hold -> hold.status() == HoldStatus.EXPIRED && locked.accounts.containsKey(hold.userId()))
                .map(Hold::userId)
                .collect(Collectors.toSet());
        if (!inNeedOfRoom.isEmpty()) {
            // A hold that is to be taken anew may use what other holds of the account reserve past their time.
            inNeedOfRoom.forEach(userId -> expiredHolds.free(userId, now));
            database.queryEach(LOCK_AGAIN, List.of(locked::addAccount, locked::addHold), userIds, orderIds);
        }
        return new Received(
                firstSeen, new CaptureBatch(locked.accounts, locked.holds, refunded(locked.holds.values())));
    }

    /** Writes what the batch took. */
    @Transactional(TxType.MANDATORY)
    void write(CaptureBatch batch, Instant now) {
        List<Hold> captured = batch.captured();
        if (captured.isEmpty()) {
            return;
        }
        UUID[] orderIds = captured.stream().map(Hold::orderId).toArray(UUID[]::new);
        UUID[] payers = captured.stream().map(Hold::userId).toArray(UUID[]::new);
        BigDecimal[] amounts = captured.stream().map(Hold::amount).toArray(BigDecimal[]::new);
        List<LockedAccount> changed = batch.changedAccounts();
        UUID[] userIds = changed.stream().map(LockedAccount::userId).toArray(UUID[]::new);
        BigDecimal[] balances = changed.stream().map(LockedAccount::balance).toArray(BigDecimal[]::new);
        BigDecimal[] held = changed.stream().map(LockedAccount::held).toArray(BigDecimal[]::new);
        int updated = database.update(
                CAPTURE,
                now,
                orderIds,
                OutsideAccounts.REVENUE,
                now,
                payers,
                amounts,
                orderIds,
                balances,
                userIds,
                held,
                userIds,
                now,
                userIds);
        if (updated != userIds.length) {
            throw new IllegalStateException("Locked accounts are missing: " + updated + " of " + userIds.length);
        }
    }

    /** Only for a request that comes again is there anything to look up. */
    private Set<UUID> refunded(Collection<Hold> holds) {
        UUID[] captured = holds.stream()
                .filter(hold -> hold.status() == HoldStatus.CAPTURED)
                .map(Hold::orderId)
                .toArray(UUID[]::new);
        return captured.length == 0
                ? Set.of()
                : Set.copyOf(database.query(FIND_REFUNDED, row -> Database.uuid(row, "order_id"), (Object) captured));
    }

    private static final class Locked {
        final Map<UUID, LockedAccount> accounts = new HashMap<>();
        final Map<UUID, Hold> holds = new HashMap<>();

        void addAccount(ResultSet row) throws SQLException {
            UUID userId = Database.uuid(row, "user_id");
            accounts.put(userId, new LockedAccount(userId, row.getBigDecimal("balance"), row.getBigDecimal("held")));
        }

        void addHold(ResultSet row) throws SQLException {
            Hold hold = Hold.read(row);
            holds.put(hold.orderId(), hold);
        }
    }
}
