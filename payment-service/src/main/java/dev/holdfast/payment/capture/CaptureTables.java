package dev.holdfast.payment.capture;

import dev.holdfast.payment.database.Database;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.payment.hold.Hold;
import dev.holdfast.payment.hold.HoldStatus;
import dev.holdfast.payment.transfer.OutsideAccounts;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads and writes the rows of a batch of captures, each kind by one statement for the whole batch. */
@ApplicationScoped
class CaptureTables {
    // In one order, so that two batches that share accounts wait for each other instead of deadlocking.
    private static final String LOCK_ACCOUNTS = """
            select user_id, balance, held from account where user_id = any(?) order by user_id for no key update
            """;
    private static final String FIND_HOLDS = "select " + Hold.COLUMNS + " from hold where order_id = any(?)";
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

    /** Locks the accounts, then reads them and the holds of the orders. */
    @Transactional(TxType.MANDATORY)
    CaptureBatch lock(Set<UUID> userIds, Set<UUID> orderIds, Instant now) {
        Map<UUID, LockedAccount> accounts = lockAccounts(userIds);
        Map<UUID, Hold> holds = findHolds(orderIds);
        Set<UUID> inNeedOfRoom = holds.values().stream()
                .filter(hold -> hold.status() == HoldStatus.EXPIRED && accounts.containsKey(hold.userId()))
                .map(Hold::userId)
                .collect(Collectors.toSet());
        if (inNeedOfRoom.isEmpty()) {
            return new CaptureBatch(accounts, holds, refunded(holds.values()));
        }
        // A hold that is to be taken anew may use what other holds of the account reserve past their time.
        inNeedOfRoom.forEach(userId -> expiredHolds.free(userId, now));
        Map<UUID, Hold> current = findHolds(orderIds);
        return new CaptureBatch(lockAccounts(userIds), current, refunded(current.values()));
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

    private Map<UUID, LockedAccount> lockAccounts(Set<UUID> userIds) {
        Map<UUID, LockedAccount> accounts = HashMap.newHashMap(userIds.size());
        database.query(
                        LOCK_ACCOUNTS,
                        row -> new LockedAccount(
                                Database.uuid(row, "user_id"), row.getBigDecimal("balance"), row.getBigDecimal("held")),
                        (Object) userIds.toArray(UUID[]::new))
                .forEach(account -> accounts.put(account.userId(), account));
        return accounts;
    }

    private Map<UUID, Hold> findHolds(Set<UUID> orderIds) {
        Map<UUID, Hold> holds = HashMap.newHashMap(orderIds.size());
        database.query(FIND_HOLDS, Hold::read, (Object) orderIds.toArray(UUID[]::new))
                .forEach(hold -> holds.put(hold.orderId(), hold));
        return holds;
    }
}
