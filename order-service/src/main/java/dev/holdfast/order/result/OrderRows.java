package dev.holdfast.order.result;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.delivery.Inbox;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.order.OrderStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The set-based statements on orders; each finds its rows by {@code = any(array)}, which is planned by index always. */
@ApplicationScoped
class OrderRows {
    // A result whose order is locked by somebody else is put aside, and left out of the inbox.
    private static final String LOCK = """
            with incoming as materialized (
                select event_id, order_id from unnest(?::uuid[], ?::uuid[]) as incoming (event_id, order_id)),
            locked as materialized (
                select id, user_id, amount, status, created_at from orders
                where id = any (?) order by id for update skip locked),
            busy as materialized (
                select event_id from incoming where order_id <> all (array (select id from locked))
                    and exists (select from orders where orders.id = incoming.order_id)),
            """ + "first_seen as ("
            + Inbox.firstSeenOf(
                    "select distinct event_id from incoming where event_id <> all (array (select event_id from busy))")
            + """
            )
            select 'FIRST_SEEN' as row, event_id as id, null::uuid as user_id, null::numeric as amount,
                null::text as status, null::timestamptz as created_at from first_seen
            union all select 'BUSY', event_id, null, null, null, null from busy
            union all select 'ORDER', id, user_id, amount, status, created_at from locked
            """;

    private static final String FORGET = "delete from inbox where event_id = any (?)";

    // NEW is a parameter, so that a plan never takes the index of all orders that are NEW for the one of their ids.
    private static final String END = """
            with ended as (
                update orders set status = ?, reason = ?, updated_at = greatest(now(), created_at)
                where id = any (?) and status = ? returning id, status, reason, updated_at
            )
            insert into order_event (order_id, type, reason, occurred_at)
            select id, status, reason, updated_at from ended
            """;

    private final DataSource dataSource;

    OrderRows(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * What results are about.
     *
     * @param firstSeen the ids of the events that were not applied before
     * @param busy the ids of those whose orders are locked by somebody else; nothing was written for them
     * @param orders the orders of all others, as far as they exist, locked until the end of the transaction
     */
    record Received(Set<UUID> firstSeen, Set<UUID> busy, List<LockedOrder> orders) {}

    /** Locks the orders of the results and records the results in the inbox, in the caller's transaction, by one round trip. */
    @Transactional(TxType.MANDATORY)
    Received lock(List<PaymentEvent> results) {
        Received received =
                new Received(HashSet.newHashSet(results.size()), new HashSet<>(), new ArrayList<>(results.size()));
        try (Connection connection = dataSource.getConnection();
                PreparedStatement lock = connection.prepareStatement(LOCK)) {
            Array orderIds = connection.createArrayOf("uuid", ids(results, PaymentEvent::orderId));
            lock.setArray(1, connection.createArrayOf("uuid", ids(results, PaymentEvent::eventId)));
            lock.setArray(2, orderIds);
            lock.setArray(3, orderIds);
            try (ResultSet rows = lock.executeQuery()) {
                while (rows.next()) {
                    add(rows, received);
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("Orders could not be locked", e);
        }
        return received;
    }

    private static void add(ResultSet row, Received received) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        switch (row.getString("row")) {
            case "FIRST_SEEN" -> received.firstSeen.add(id);
            case "BUSY" -> received.busy.add(id);
            default ->
                received.orders.add(new LockedOrder(
                        id,
                        row.getObject("user_id", UUID.class),
                        row.getBigDecimal("amount"),
                        OrderStatus.stored(row.getString("status")),
                        row.getObject("created_at", OffsetDateTime.class).toInstant()));
        }
    }

    /** Takes results out of the inbox that the caller's transaction has recorded. */
    @Transactional(TxType.MANDATORY)
    void forget(Set<UUID> eventIds) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setArray(1, connection.createArrayOf("uuid", eventIds.toArray()));
            forget.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Results could not be left to a newer version", e);
        }
    }

    private static Object[] ids(List<PaymentEvent> results, Function<PaymentEvent, UUID> id) {
        return results.stream().map(id).toArray();
    }

    /** Makes locked NEW orders terminal, and writes their history. */
    @Transactional(TxType.MANDATORY)
    void end(List<LockedOrder> orders, OrderStatus status, @Nullable String reason) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement end = connection.prepareStatement(END)) {
            end.setString(1, status.name());
            end.setString(2, reason);
            end.setArray(
                    3,
                    connection.createArrayOf(
                            "uuid", orders.stream().map(LockedOrder::id).toArray()));
            end.setString(4, OrderStatus.NEW.name());
            int ended = end.executeUpdate();
            if (ended != orders.size()) {
                throw new IllegalStateException(
                        "Of " + orders.size() + " locked orders that were NEW only " + ended + " became " + status);
            }
        } catch (SQLException e) {
            throw new DatabaseException("Orders could not become " + status, e);
        }
    }
}
