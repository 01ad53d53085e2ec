package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.order.reconciliation.Finding.Key;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
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

    private final DataSource dataSource;

    Discrepancies(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Opens those that are not open yet; of the others, notes what is seen now. */
    void record(Collection<Finding> findings) {
        inBatch(RECORD, findings, (insert, finding) -> {
            insert.setString(1, finding.key().kind().wireName());
            insert.setObject(2, finding.key().subject());
            insert.setObject(3, finding.userId());
            insert.setString(4, finding.ordersSay());
            insert.setString(5, finding.paymentsSay());
        });
    }

    /** Closes those that are gone. */
    void close(Collection<Key> gone) {
        inBatch(CLOSE, gone, (close, key) -> {
            close.setString(1, key.kind().wireName());
            close.setObject(2, key.subject());
        });
    }

    /** A page of the open ones, by kind and subject, from behind the key, or the first. */
    List<Key> openAfter(@Nullable Key after, int limit) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(OPEN_AFTER)) {
            select.setArray(1, knownKinds(connection));
            select.setString(2, after == null ? "" : after.kind().wireName());
            select.setObject(3, after == null ? BEFORE_ALL : after.subject());
            select.setInt(4, limit);
            List<Key> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new Key(Kind.of(rows.getString(1)), rows.getObject(2, UUID.class)));
                }
            }
            return keys;
        } catch (SQLException e) {
            throw new DatabaseException("Discrepancies could not be read", e);
        }
    }

    /** The open ones, newest first. */
    List<Discrepancy> newestOpen(int limit) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(NEWEST_OPEN)) {
            select.setArray(1, knownKinds(connection));
            select.setInt(2, limit);
            List<Discrepancy> open = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Kind kind = Kind.of(rows.getString(1));
                    open.add(new Discrepancy(
                            kind,
                            kind.isOfAccount() ? null : rows.getObject(2, UUID.class),
                            rows.getObject(3, UUID.class),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getObject(6, OffsetDateTime.class).toInstant(),
                            rows.getObject(7, OffsetDateTime.class).toInstant()));
                }
            }
            return open;
        } catch (SQLException e) {
            throw new DatabaseException("Discrepancies could not be read", e);
        }
    }

    /** How many of each kind are open; kinds without any are left out. */
    Map<Kind, Long> countOpen() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement count = connection.prepareStatement(COUNT_OPEN)) {
            count.setArray(1, knownKinds(connection));
            Map<Kind, Long> counts = new EnumMap<>(Kind.class);
            try (ResultSet rows = count.executeQuery()) {
                while (rows.next()) {
                    counts.put(Kind.of(rows.getString(1)), rows.getLong(2));
                }
            }
            return counts;
        } catch (SQLException e) {
            throw new DatabaseException("Discrepancies could not be counted", e);
        }
    }

    /** Deletes some of those that were closed longer ago. */
    void purge(Duration keep) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement purge = connection.prepareStatement(PURGE)) {
            purge.setLong(1, keep.toMillis());
            purge.setInt(2, PURGED_MAX);
            purge.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Old discrepancies could not be deleted", e);
        }
    }

    private static Array knownKinds(Connection connection) throws SQLException {
        return connection.createArrayOf(
                "text", Arrays.stream(Kind.values()).map(Kind::wireName).toArray());
    }

    @FunctionalInterface
    private interface Binder<T> {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    private <T> void inBatch(String sql, Collection<T> rows, Binder<T> binder) {
        if (rows.isEmpty()) {
            return;
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T row : rows) {
                binder.bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new DatabaseException("Discrepancies could not be recorded", e);
        }
    }
}
