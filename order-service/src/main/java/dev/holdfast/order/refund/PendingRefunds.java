package dev.holdfast.order.refund;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The refunds that payments has not confirmed yet. */
@ApplicationScoped
class PendingRefunds {
    private static final String CLAIM = """
            with due as materialized (
                select id from refund where done_at is null and next_attempt_at <= now()
                order by next_attempt_at limit ? for update skip locked
            )
            update refund set attempts = attempts + 1, next_attempt_at = now() + ? * interval '1 millisecond'
            from due where refund.id = due.id returning refund.*
            """;
    private static final String DONE =
            "update refund set done_at = now(), last_error = null where id = any (?) and done_at is null";
    private static final String PUT_OFF = """
            update refund set next_attempt_at = now() + ? * interval '1 millisecond', last_error = ?
            where id = ? and done_at is null
            """;
    private static final String AGAIN = """
            update refund set done_at = null, attempts = 0, next_attempt_at = now()
            where order_id = any (?) and done_at is not null
            """;
    private static final String BACKLOG = """
            select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from refund
            where done_at is null
            """;

    private final Database database;

    PendingRefunds(Database database) {
        this.database = database;
    }

    /**
     * A refund that this process works on until its lease ends.
     *
     * @param attempt of the worker, 1 for the first
     */
    record Claimed(OrderRefund refund, int attempt) {
        static Claimed read(ResultSet row) throws SQLException {
            return new Claimed(OrderRefund.read(row), row.getInt("attempts"));
        }
    }

    /** Claims what is due, the longest due first; no other replica takes it until the lease ends. */
    List<Claimed> claim(int limit, Duration lease) {
        return database.query(CLAIM, Claimed::read, limit, lease.toMillis());
    }

    /** Marks them as booked by payments. */
    void done(List<UUID> ids) {
        if (!ids.isEmpty()) {
            database.update(DONE, (Object) ids.toArray(UUID[]::new));
        }
    }

    /** Makes all refunds of these orders due once more. */
    void again(Collection<UUID> orderIds) {
        database.update(AGAIN, (Object) orderIds.toArray(UUID[]::new));
    }

    /** Lets one wait for its next attempt. */
    void putOff(OrderRefund refund, String error, Duration pause) {
        database.update(PUT_OFF, pause.toMillis(), error, refund.id());
    }

    /** What payments has still to confirm. */
    record Backlog(long pending, long oldestSeconds) {
        static final Backlog NONE = new Backlog(0, 0);
    }

    Backlog backlog() {
        return database.only(BACKLOG, row -> new Backlog(row.getLong(1), row.getLong(2)));
    }
}
