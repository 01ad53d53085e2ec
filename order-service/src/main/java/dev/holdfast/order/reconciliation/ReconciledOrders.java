package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.order.OrderStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the orders for reconciliation, by index. */
@ApplicationScoped
class ReconciledOrders {
    private static final String FACTS = """
            select id, user_id, amount, status, created_at, updated_at,
                   cast(extract(epoch from now() - updated_at) * 1000 as bigint),
                   status = 'NEW' and created_at <= now() - ? * interval '1 millisecond',
                   case when status = 'CANCELLED' then (
                       select string_agg(kind, ' ') from compensation
                        where order_id = orders.id and done_at is null
                          and compensation.created_at > now() - ? * interval '1 millisecond') end
              from orders
            """;
    private static final String UNSENT = """
            select order_id from outbox where sent_at is null order by next_attempt_at, seq limit ?
            """;
    private static final String AFTER = FACTS + " where id > ? order by id limit ?";
    private static final String BY_ID = FACTS + " where id = any (?)";
    // The outbox has an event for each order that was placed, in the order in which they were.
    private static final String RECENT = """
            select distinct order_id from (select order_id, created_at from outbox order by seq desc limit ?) as newest
             where created_at > now() - ? * interval '1 millisecond'
            """;
    private static final int UNSENT_MAX = 20_000;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final DataSource dataSource;
    private final long patienceMillis;

    ReconciledOrders(DataSource dataSource, ReconciliationConfig config) {
        this.dataSource = dataSource;
        this.patienceMillis = config.overdueAfter().toMillis();
    }

    /** The orders behind the id, in the order of their ids as PostgreSQL sorts them. */
    List<OrderFacts> after(@Nullable UUID id, int limit, UnsentRequests unsent) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(AFTER)) {
            select.setLong(1, patienceMillis);
            select.setLong(2, patienceMillis);
            select.setObject(3, id == null ? BEFORE_ALL : id);
            select.setInt(4, limit);
            return facts(select, unsent);
        } catch (SQLException e) {
            throw new DatabaseException("Orders could not be read", e);
        }
    }

    /** Those of these orders that exist. */
    List<OrderFacts> byId(Collection<UUID> ids, UnsentRequests unsent) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(BY_ID)) {
            select.setLong(1, patienceMillis);
            select.setLong(2, patienceMillis);
            select.setArray(3, connection.createArrayOf("uuid", ids.toArray()));
            return facts(select, unsent);
        } catch (SQLException e) {
            throw new DatabaseException("Orders could not be read", e);
        }
    }

    /** The orders that were placed, or asked about again, in that time; the newest, so many at most. */
    List<UUID> recent(Duration window, int limit) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(RECENT)) {
            select.setInt(1, limit);
            select.setLong(2, window.toMillis());
            List<UUID> ids = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
            return ids;
        } catch (SQLException e) {
            throw new DatabaseException("Recent orders could not be read", e);
        }
    }

    /** For one pass: what waits for the broker. */
    UnsentRequests unsent() {
        return new UnsentRequests(this::readUnsent, UNSENT_MAX);
    }

    private Set<UUID> readUnsent() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(UNSENT)) {
            select.setInt(1, UNSENT_MAX);
            Set<UUID> ids = new HashSet<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
            return ids;
        } catch (SQLException e) {
            throw new DatabaseException("Unsent events could not be read", e);
        }
    }

    private static List<OrderFacts> facts(PreparedStatement select, UnsentRequests unsent) throws SQLException {
        List<OrderFacts> orders = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                UUID id = rows.getObject(1, UUID.class);
                String pending = rows.getString(9);
                orders.add(new OrderFacts(
                        id,
                        rows.getObject(2, UUID.class),
                        rows.getBigDecimal(3),
                        OrderStatus.stored(rows.getString(4)),
                        rows.getObject(5, OffsetDateTime.class).toInstant(),
                        rows.getObject(6, OffsetDateTime.class).toInstant(),
                        rows.getLong(7),
                        rows.getBoolean(8) && !unsent.mayContain(id),
                        pending != null && pending.contains("RELEASE"),
                        pending != null && pending.contains("REFUND")));
            }
        }
        return orders;
    }
}
