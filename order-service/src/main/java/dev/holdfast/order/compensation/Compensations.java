package dev.holdfast.order.compensation;

import dev.holdfast.delivery.DatabaseException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** The compensations in the database. */
@ApplicationScoped
public class Compensations {
    private static final String ADD = """
            insert into compensation (order_id, kind, user_id)
            select * from unnest(?::uuid[], ?::text[], ?::uuid[])
            on conflict do nothing
            """;

    private static final String ABANDON = """
            insert into compensation (order_id, kind, user_id, next_attempt_at)
            select ?, 'ABANDON', ?, now() + ? * interval '1 millisecond'
            where not exists (select from orders where id = ?)
            on conflict do nothing
            """;

    private static final String CLAIM = """
            with due as materialized (
                select order_id, kind from compensation
                where done_at is null and next_attempt_at <= now()
                order by next_attempt_at limit ? for update skip locked
            )
            update compensation set attempts = attempts + 1, next_attempt_at = now() + ? * interval '1 millisecond'
            from due where compensation.order_id = due.order_id and compensation.kind = due.kind
            returning compensation.order_id, compensation.kind, user_id, attempts
            """;

    private static final String DONE = """
            with done as (
                update compensation set done_at = now(), last_error = null
                where order_id = any (?) and kind = ? and done_at is null returning order_id
            )
            insert into order_event (order_id, type, occurred_at) select order_id, event, now()
            from done cross join (select ?::text as event) where event is not null
            """;

    private static final String PUT_OFF = """
            update compensation set next_attempt_at = now() + ? * interval '1 millisecond', last_error = ?
            where order_id = ? and kind = ? and done_at is null
            """;

    private static final String COUNT_PENDING = "select count(*) from compensation where done_at is null";

    private final DataSource dataSource;
    private final CompensationConfig config;

    Compensations(DataSource dataSource, CompensationConfig config) {
        this.dataSource = dataSource;
        this.config = config;
    }

    /** Records what is to be given back in the caller's transaction; what is recorded already is left as it is. */
    @Transactional(TxType.MANDATORY)
    public void add(Collection<Compensation> compensations) {
        if (compensations.isEmpty()) {
            return;
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setArray(
                    1,
                    uuids(
                            connection,
                            compensations.stream().map(Compensation::orderId).toList()));
            add.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            compensations.stream()
                                    .map(each -> each.kind().name())
                                    .toArray()));
            add.setArray(
                    3,
                    uuids(
                            connection,
                            compensations.stream().map(Compensation::userId).toList()));
            add.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Compensations could not be recorded", e);
        }
    }

    /**
     * Gives an order id up that has no order: what is held under it will be released, and no order can be stored under it
     * any more. Not part of a transaction.
     */
    public void abandon(UUID orderId, UUID userId) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement abandon = connection.prepareStatement(ABANDON)) {
            abandon.setObject(1, orderId);
            abandon.setObject(2, userId);
            abandon.setLong(3, config.abandonDelay().toMillis());
            abandon.setObject(4, orderId);
            abandon.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("An order id could not be given up", e);
        }
    }

    /** Takes what is due, longest first; it is nobody else's until the lease ends. */
    List<Claimed> claim(int limit, Duration lease) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setInt(1, limit);
            claim.setLong(2, lease.toMillis());
            List<Claimed> claimed = new ArrayList<>();
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    claimed.add(new Claimed(
                            new Compensation(
                                    rows.getObject(1, UUID.class),
                                    Compensation.Kind.valueOf(rows.getString(2)),
                                    rows.getObject(3, UUID.class)),
                            rows.getInt(4)));
                }
            }
            return claimed;
        } catch (SQLException e) {
            throw new DatabaseException("Compensations could not be claimed", e);
        }
    }

    /** Marks them as done, and writes it into the history of their orders. */
    void done(Compensation.Kind kind, List<UUID> orderIds) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement done = connection.prepareStatement(DONE)) {
            done.setArray(1, uuids(connection, orderIds));
            done.setString(2, kind.name());
            done.setString(3, kind.doneEvent());
            done.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Compensations could not be marked as done", e);
        }
    }

    /** Lets one wait for its next attempt. */
    void putOff(Compensation compensation, String error, Duration pause) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement putOff = connection.prepareStatement(PUT_OFF)) {
            putOff.setLong(1, pause.toMillis());
            putOff.setString(2, error);
            putOff.setObject(3, compensation.orderId());
            putOff.setString(4, compensation.kind().name());
            putOff.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("A compensation could not be put off", e);
        }
    }

    /** How many are still to be done. */
    long countPending() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement count = connection.prepareStatement(COUNT_PENDING);
                ResultSet row = count.executeQuery()) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new DatabaseException("Compensations could not be counted", e);
        }
    }

    private static Array uuids(Connection connection, List<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
