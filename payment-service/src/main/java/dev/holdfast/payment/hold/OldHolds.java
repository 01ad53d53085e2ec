package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Removes holds whose end was long ago, where a repeated request has no effect without them: of a captured one the transfer
 * says the same, and an expired one may be held anew anyway. Released ones stay: they keep their ids from being held again.
 */
@ApplicationScoped
public class OldHolds {
    // The holds of the next transfers, in the order of their ids, which is that of their time. Whoever has the row of
    // the place is the only one at it. What is gone is read from the transfer by the same statements that look for
    // the hold, so that no account has to be locked.
    private static final String REMOVE_CAPTURED = """
            with place as materialized (
                select last_transfer from hold_removal where only_row for no key update skip locked),
            seen as materialized (
                select id, order_id, kind from transfer
                 where id > (select last_transfer from place)
                   and id < (select uuidv7(? * interval '-1 millisecond'))
                 order by id limit ?),
            removed as (
                delete from hold
                 where order_id = any(array(select order_id from seen where kind = 'CAPTURE')) and status = 'CAPTURED'
                returning order_id),
            moved as (
                update hold_removal set last_transfer = (select id from seen order by id desc limit 1)
                 where only_row and exists (select from seen))
            select (select count(*) from seen) as seen, (select count(*) from removed) as removed
            """;
    private static final String LOCK_ACCOUNTS = """
            select user_id from account where user_id = any(array(
                select user_id from hold where status = 'EXPIRED'
                   and expires_at < statement_timestamp() - ? * interval '1 millisecond'
                 order by expires_at limit ?))
             order by user_id for no key update skip locked
            """;
    private static final String REMOVE_EXPIRED = """
            delete from hold where order_id = any(array(
                select order_id from hold where status = 'EXPIRED' and user_id = any(?)
                   and expires_at < statement_timestamp() - ? * interval '1 millisecond'
                 order by expires_at limit ?))
            """;

    private final Database database;

    OldHolds(Database database) {
        this.database = database;
    }

    /**
     * What a transaction did.
     *
     * @param full whether more may be due
     * @param removed how many holds were removed
     */
    public record Batch(boolean full, int removed) {}

    /** Removes the holds of captures that are older than the retention, oldest first, in a transaction of its own. */
    @Transactional(TxType.REQUIRES_NEW)
    public Batch removeCaptured(Duration age, int transfersMax) {
        return database.only(
                REMOVE_CAPTURED,
                row -> new Batch(row.getInt("seen") == transfersMax, row.getInt("removed")),
                age.toMillis(),
                transfersMax);
    }

    /** Does the same with holds that expired and were not taken anew; locked accounts are left for later. */
    @Transactional(TxType.REQUIRES_NEW)
    public Batch removeExpired(Duration age, int holdsMax) {
        List<UUID> locked =
                database.query(LOCK_ACCOUNTS, row -> Database.uuid(row, "user_id"), age.toMillis(), holdsMax);
        if (locked.isEmpty()) {
            return new Batch(false, 0);
        }
        int removed = database.update(REMOVE_EXPIRED, locked.toArray(UUID[]::new), age.toMillis(), holdsMax);
        // Not only where all of them could be removed: some accounts may be locked at the moment.
        return new Batch(removed > 0, removed);
    }
}
