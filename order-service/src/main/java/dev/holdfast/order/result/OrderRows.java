package dev.holdfast.order.result;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.delivery.Inbox;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.order.OrderStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
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
    // Sorted, so that two replicas wait for each other instead of deadlocking.
    private static final String LOCK = Inbox.FIRST_SEEN + """
            select id, user_id, amount, status, created_at from orders
            where id = any (?) order by id for update
            """;

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
     * @param orders those of their orders that exist, locked until the end of the transaction
     */
    record Received(Set<UUID> firstSeen, List<LockedOrder> orders) {}

    /** Records the results in the inbox and locks their orders in the caller's transaction, by one round trip. */
    @Transactional(TxType.MANDATORY)
    Received lock(List<PaymentEvent> results) {
        Received received = new Received(HashSet.newHashSet(results.size()), new ArrayList<>(results.size()));
        try (Connection connection = dataSource.getConnection();
                PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setArray(1, connection.createArrayOf("uuid", ids(results, PaymentEvent::eventId)));
            lock.setArray(2, connection.createArrayOf("uuid", ids(results, PaymentEvent::orderId)));
            lock.execute();
            try (ResultSet recorded = lock.getResultSet()) {
                while (recorded.next()) {
                    received.firstSeen.add(recorded.getObject(1, UUID.class));
                }
            }
            lock.getMoreResults();
            try (ResultSet rows = lock.getResultSet()) {
                while (rows.next()) {
                    received.orders.add(new LockedOrder(
                            rows.getObject(1, UUID.class),
                            rows.getObject(2, UUID.class),
                            rows.getBigDecimal(3),
                            OrderStatus.stored(rows.getString(4)),
                            rows.getObject(5, OffsetDateTime.class).toInstant()));
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("Orders could not be locked", e);
        }
        return received;
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
