package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Frees the money of holds whose time is over, as the database's clock says. */
@ApplicationScoped
public class ExpiredHolds {
    // Sums by a subquery for each account rather than by a join, which is planned as a full scan on fresh tables.
    private static final String FREE_OF_ACCOUNT = """
            with expired as (
                update hold set status = 'EXPIRED', updated_at = statement_timestamp()
                 where user_id = ? and status = 'HELD' and expires_at <= statement_timestamp() returning amount)
            update account set held = held - (select sum(amount) from expired), updated_at = statement_timestamp()
             where user_id = ? and exists (select 1 from expired)
            """;
    private static final String DUE =
            "status = 'HELD' and overdue and not array_contains(?1, userId) order by expiresAt";
    private static final String LOCK =
            "select user_id from account where user_id = any(?) order by user_id for no key update";
    // An account that says it holds less than its holds is left as it is, for reconciliation to name: its constraint
    // would keep all others from being freed.
    private static final String FREE_ORDERS = """
            with due as (
                select user_id, sum(amount) as amount from hold
                 where order_id = any(?) and user_id = any(?) and status = 'HELD'
                   and expires_at <= statement_timestamp()
                 group by user_id),
            sound as (
                select user_id from due
                 where amount <= (select held from account where account.user_id = due.user_id)),
            expired as (
                update hold set status = 'EXPIRED', updated_at = statement_timestamp()
                 where order_id = any(?) and user_id = any(array(select user_id from sound))
                   and status = 'HELD' and expires_at <= statement_timestamp()
                returning user_id, amount),
            freed as (
                update account
                   set held = held - (select sum(amount) from expired where expired.user_id = account.user_id),
                       updated_at = statement_timestamp()
                 where user_id = any(?) and user_id = any(array(select user_id from expired)))
            select user_id from expired
            """;

    private final Database database;

    ExpiredHolds(Database database) {
        this.database = database;
    }

    /** Frees all expired holds of an account that the caller's transaction has locked. */
    @Transactional(TxType.MANDATORY)
    public void free(UUID userId) {
        database.update(FREE_OF_ACCOUNT, userId, userId);
    }

    /**
     * What became of a batch.
     *
     * @param full whether more may be due
     * @param freed how many holds were freed
     * @param busy how many were not, because their accounts were locked
     * @param unsound accounts that say they hold less than their holds, which stay as they are
     */
    record Batch(boolean full, int freed, int busy, Set<UUID> unsound) {}

    /**
     * Frees the holds that expired first, in a transaction of its own.
     *
     * @param holdsMax how many at most
     * @param wait whether to wait for accounts that are locked, or to leave them to the next batch
     * @param unsound accounts to leave out
     */
    @Transactional(TxType.REQUIRES_NEW)
    Batch freeOldest(int holdsMax, boolean wait, Set<UUID> unsound) {
        List<Hold> due = Hold.<Hold>find(DUE, (Object) unsound.toArray(UUID[]::new))
                .range(0, holdsMax - 1)
                .list();
        boolean full = due.size() == holdsMax;
        UUID[] users = due.stream().map(hold -> hold.userId).distinct().toArray(UUID[]::new);
        String lock = wait ? LOCK : LOCK + " skip locked";
        Set<UUID> locked = new HashSet<>(database.query(lock, row -> Database.uuid(row, "user_id"), (Object) users));
        int busy =
                (int) due.stream().filter(hold -> !locked.contains(hold.userId)).count();
        if (locked.isEmpty()) {
            return new Batch(full, 0, busy, Set.of());
        }
        UUID[] orders = due.stream().map(hold -> hold.orderId).toArray(UUID[]::new);
        UUID[] owned = locked.toArray(UUID[]::new);
        List<UUID> freed =
                database.query(FREE_ORDERS, row -> Database.uuid(row, "user_id"), orders, owned, orders, owned);
        locked.removeAll(freed);
        return new Batch(full, freed.size(), busy, locked);
    }
}
