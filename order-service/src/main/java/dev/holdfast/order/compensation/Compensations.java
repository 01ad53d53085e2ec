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
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static final String ABANDON = "select give_order_ids_up(?, ?)";

    private static final String CLAIM = """
            with due as materialized (
                select order_id, kind from compensation
                where done_at is null and next_attempt_at <= now() and kind = any (?)
                order by next_attempt_at limit ? for update skip locked
            )
            update compensation set attempts = attempts + 1, next_attempt_at = now() + ? * interval '1 millisecond'
            from due where compensation.order_id = due.order_id and compensation.kind = due.kind
            returning compensation.order_id, compensation.kind, user_id, attempts,
                (extract(epoch from now() - created_at) * 1000)::bigint
            """;

    // Given up once more meanwhile, it is due: what was done came before. So it is where its lease is over.
    private static final String DONE = """
            with done as (
                update compensation set done_at = now(), last_error = null
                where order_id = any (?) and kind = ? and done_at is null and next_attempt_at > now()
                returning order_id
            )
            insert into order_event (order_id, type, occurred_at) select order_id, event, now()
            from done cross join (select ?::text as event) where event is not null
            on conflict do nothing
            """;

    private static final String PUT_OFF = """
            update compensation set next_attempt_at = now() + ? * interval '1 millisecond', last_error = ?
            where order_id = ? and kind = ? and done_at is null
            """;

    // The ids of orders without a key are used once (UUIDv7). An id that is derived from a key may be tried again at
    // any time, so that it stays given up.
    private static final String REMOVE = """
            with walked as (
                select order_id, kind, done_at from compensation
                where (order_id, kind) > (?, ?) order by order_id, kind limit ?
            ),
            removed as (
                delete from compensation using walked
                where compensation.order_id = walked.order_id and compensation.kind = walked.kind
                    and walked.done_at < now() - ? * interval '1 millisecond'
                    and (walked.kind in ('RELEASE', 'REFUND')
                        or (walked.kind = 'ABANDON' and uuid_extract_version(walked.order_id) = 7))
            )
            select order_id, kind from walked order by order_id desc, kind desc limit 1
            """;

    private static final String COUNT_PENDING = "select count(*) from compensation where done_at is null";

    private final DataSource dataSource;

    Compensations(DataSource dataSource) {
        this.dataSource = dataSource;
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
     * Gives order ids up that have no order: what is held under them will be released, and no order can be stored under
     * them any more. Orders that are being stored at this moment are waited for. Not part of a transaction.
     *
     * @param userIds the user of each order id
     * @return those that are given up, now or before; of the others there is an order
     */
    public Set<UUID> abandon(Map<UUID, UUID> userIds) {
        List<UUID> orderIds = List.copyOf(userIds.keySet());
        Set<UUID> givenUp = HashSet.newHashSet(orderIds.size());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement abandon = connection.prepareStatement(ABANDON)) {
            abandon.setArray(1, uuids(connection, orderIds));
            abandon.setArray(
                    2, uuids(connection, orderIds.stream().map(userIds::get).toList()));
            try (ResultSet row = abandon.executeQuery()) {
                while (row.next()) {
                    givenUp.add(row.getObject(1, UUID.class));
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("Order ids could not be given up", e);
        }
        return givenUp;
    }

    /** Takes what is due, longest first; it is nobody else's until the lease ends. */
    List<Claimed> claim(int limit, Duration lease) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            // A newer version may have written other kinds, which are its own to work off.
            claim.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            Arrays.stream(Compensation.Kind.values())
                                    .map(Enum::name)
                                    .toArray()));
            claim.setInt(2, limit);
            claim.setLong(3, lease.toMillis());
            List<Claimed> claimed = new ArrayList<>();
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    claimed.add(new Claimed(
                            new Compensation(
                                    rows.getObject(1, UUID.class),
                                    Compensation.Kind.valueOf(rows.getString(2)),
                                    rows.getObject(3, UUID.class)),
                            rows.getInt(4),
                            Duration.ofMillis(rows.getLong(5))));
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

    /** Where the removal of what is done has come to; it begins with {@link #START}. */
    record Position(UUID orderId, String kind) {
        static final Position START = new Position(new UUID(0, 0), "");
    }

    /**
     * Removes those of the next ones, in the order of their ids, that are done for so long, and whose repetition would
     * have no effect.
     *
     * @param limit looked at, at most
     * @return the last one looked at; empty at the end of the table
     */
    Optional<Position> removeDone(Position after, int limit, Duration keep) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement remove = connection.prepareStatement(REMOVE)) {
            remove.setObject(1, after.orderId);
            remove.setString(2, after.kind);
            remove.setInt(3, limit);
            remove.setLong(4, keep.toMillis());
            try (ResultSet row = remove.executeQuery()) {
                return row.next()
                        ? Optional.of(new Position(row.getObject(1, UUID.class), row.getString(2)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw new DatabaseException("Compensations that are done could not be removed", e);
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
