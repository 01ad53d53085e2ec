package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.order.reconciliation.Finding.Key;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The discrepancies in the database: open ones, and for a while those that are gone. Those of kinds that only a newer
 * version knows are left to it.
 */
@ApplicationScoped
class Discrepancies {
    private static final String RECORD = """
            insert into discrepancy (kind, subject, user_id, orders_say, payments_say) values (?, ?, ?, ?, ?)
            on conflict (kind, subject) where closed_at is null
            do update set user_id = excluded.user_id, orders_say = excluded.orders_say,
                payments_say = excluded.payments_say, last_seen_at = now()
            """;
    private static final String CLOSE =
            "update discrepancy set closed_at = now() where kind = ? and subject = ? and closed_at is null";
    private static final String OPEN_AFTER = """
            select kind, subject from discrepancy
             where closed_at is null and kind = any(?) and (kind, subject) > (?, ?) order by kind, subject limit ?
            """;
    private static final String SUBJECTS_AFTER = """
            select subject from discrepancy
             where closed_at is null and kind = ? and subject > ? order by subject limit ?
            """;
    private static final String IS_OPEN =
            "select 1 from discrepancy where closed_at is null and kind = ? and subject = ?";
    private static final String NEWEST_OPEN = """
            select kind, subject, user_id, orders_say, payments_say, first_seen_at, last_seen_at from discrepancy
             where closed_at is null and kind = any(?) order by first_seen_at desc, id desc limit ?
            """;
    private static final String COUNT_OPEN =
            "select kind, count(*) from discrepancy where closed_at is null and kind = any(?) group by kind order by"
                    + " kind";
    private static final String PURGE = """
            delete from discrepancy where id = any(array(
                select id from discrepancy where closed_at < now() - ? * interval '1 millisecond'
                order by closed_at limit ?))
            """;
    private static final UUID BEFORE_ALL = new UUID(0, 0);
    private static final int PURGED_MAX = 1_000;

    private final Database database;

    Discrepancies(Database database) {
        this.database = database;
    }

    /** Opens those that are not open yet; of the others, notes what is seen now. */
    void record(Collection<Finding> findings) {
        updateEach(RECORD, findings, finding -> new @Nullable Object[] {
            finding.key().kind().wireName(),
            finding.key().subject(),
            finding.userId(),
            finding.ordersSay(),
            finding.paymentsSay()
        });
    }

    /** Closes those that are gone. */
    void close(Collection<Key> gone) {
        updateEach(CLOSE, gone, key -> new Object[] {key.kind().wireName(), key.subject()});
    }

    private <T> void updateEach(String sql, Collection<T> rows, Function<T, @Nullable Object[]> parameters) {
        if (!rows.isEmpty()) {
            database.updateEach(sql, rows.stream().map(parameters).toList());
        }
    }

    /** A page of the open ones, by kind and subject, from behind the key, or the first. */
    List<Key> openAfter(@Nullable Key after, int limit) {
        return database.query(
                OPEN_AFTER,
                row -> new Key(Kind.of(row.getString("kind")), Database.uuid(row, "subject")),
                knownKinds(),
                after == null ? "" : after.kind().wireName(),
                after == null ? BEFORE_ALL : after.subject(),
                limit);
    }

    /** What a page of the open ones of one kind are about, by id, from behind the id, or the first. */
    List<UUID> subjectsAfter(Kind kind, @Nullable UUID after, int limit) {
        return database.query(
                SUBJECTS_AFTER,
                row -> Database.uuid(row, "subject"),
                kind.wireName(),
                after == null ? BEFORE_ALL : after,
                limit);
    }

    boolean isOpen(Kind kind, UUID subject) {
        return database.first(IS_OPEN, row -> row.getInt(1), kind.wireName(), subject)
                .isPresent();
    }

    /** The open ones, newest first. */
    List<Discrepancy> newestOpen(int limit) {
        return database.query(NEWEST_OPEN, Discrepancies::read, knownKinds(), limit);
    }

    private static Discrepancy read(ResultSet row) throws SQLException {
        Kind kind = Kind.of(row.getString("kind"));
        return new Discrepancy(
                kind,
                kind.isOfAccount() ? null : Database.uuid(row, "subject"),
                Database.uuid(row, "user_id"),
                row.getString("orders_say"),
                row.getString("payments_say"),
                Database.instant(row, "first_seen_at"),
                Database.instant(row, "last_seen_at"));
    }

    /** How many of each kind are open; kinds without any are left out. */
    Map<Kind, Long> countOpen() {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        database.query(COUNT_OPEN, row -> Map.entry(Kind.of(row.getString(1)), row.getLong(2)), (Object) knownKinds())
                .forEach(count -> counts.put(count.getKey(), count.getValue()));
        return counts;
    }

    /** Deletes some of those that were closed longer ago. */
    void purge(Duration keep) {
        database.update(PURGE, keep.toMillis(), PURGED_MAX);
    }

    private static String[] knownKinds() {
        return Arrays.stream(Kind.values()).map(Kind::wireName).toArray(String[]::new);
    }
}
