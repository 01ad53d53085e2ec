package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.OutboxEntry;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.order.OrderStatus;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the orders for reconciliation, by index. */
@ApplicationScoped
class OrderFactsReader {
    private static final String FACTS = """
            select id, user_id, amount, status, created_at, updated_at,
                   cast(extract(epoch from now() - updated_at) * 1000 as bigint),
                   case status
                       when 'NEW' then coalesce(capture_requested_at, created_at)
                       when 'AUTHORIZED' then authorized_until end <= now() - ? * interval '1 millisecond',
                   case when status = 'CANCELLED' then (
                       select string_agg(kind, ' ') from compensation
                        where order_id = orders.id and done_at is null
                          and compensation.created_at > now() - ? * interval '1 millisecond') end,
                   coalesce(capture_amount, amount) as to_capture, refunded, case when refunded > 0 then (
                       select coalesce(sum(refund.amount), 0) from refund
                        where order_id = orders.id and done_at is not null) else 0 end as refunds_done
              from orders
            """;
    private static final String AFTER = FACTS + " where id > ? order by id limit ?";
    private static final String BY_ID = FACTS + " where id = any (?)";
    // Ids of refunds are in the order of their time.
    private static final String RECENTLY_REFUNDED = """
            select distinct order_id from (
                select order_id from refund where id > uuidv7(? * interval '-1 millisecond') order by id desc limit ?) as newest
            """;
    private static final int UNSENT_MAX = 20_000;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;
    private final Clock clock;
    private final long overdueAfterMillis;

    OrderFactsReader(Database database, Clock clock, ReconciliationConfig config) {
        this.database = database;
        this.clock = clock;
        this.overdueAfterMillis = config.overdueAfter().toMillis();
    }

    /** The orders behind the id, in the order of their ids as PostgreSQL sorts them. */
    List<OrderFacts> after(@Nullable UUID id, int limit, UnsentRequests unsent) {
        return database.query(
                AFTER,
                row -> facts(row, unsent),
                overdueAfterMillis,
                overdueAfterMillis,
                id == null ? BEFORE_ALL : id,
                limit);
    }

    /** Those of these orders that exist. */
    List<OrderFacts> byId(Collection<UUID> ids, UnsentRequests unsent) {
        return database.query(
                BY_ID, row -> facts(row, unsent), overdueAfterMillis, overdueAfterMillis, ids.toArray(UUID[]::new));
    }

    /** The newest orders that were placed, asked about again, or refunded within the window; of each at most {@code limit}. */
    // The outbox has an event for each order that was placed, in the order in which they were.
    Set<UUID> recent(Duration window, int limit) {
        Instant since = clock.instant().minus(window);
        Set<UUID> recent = new HashSet<>(
                QuarkusTransaction.joiningExisting().call(() -> OutboxEntry.recentSubjects(since, limit)));
        recent.addAll(
                database.query(RECENTLY_REFUNDED, row -> Database.uuid(row, "order_id"), window.toMillis(), limit));
        return recent;
    }

    /** For one pass: what waits for the broker. */
    UnsentRequests unsent() {
        return new UnsentRequests(this::readUnsent, UNSENT_MAX);
    }

    private Set<UUID> readUnsent() {
        return new HashSet<>(QuarkusTransaction.joiningExisting().call(() -> OutboxEntry.unsentSubjects(UNSENT_MAX)));
    }

    private static OrderFacts facts(ResultSet row, UnsentRequests unsent) throws SQLException {
        UUID id = Database.uuid(row, "id");
        String pending = row.getString(9);
        return new OrderFacts(
                id,
                Database.uuid(row, "user_id"),
                row.getBigDecimal("amount"),
                row.getBigDecimal("to_capture"),
                row.getBigDecimal("refunded"),
                row.getBigDecimal("refunds_done"),
                OrderStatus.stored(row.getString("status")),
                Database.instant(row, "created_at"),
                Database.instant(row, "updated_at"),
                row.getLong(7),
                row.getBoolean(8) && !unsent.mayContain(id),
                pending != null && pending.contains("RELEASE"),
                pending != null && pending.contains("REFUND"));
    }
}
