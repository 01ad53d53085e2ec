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
                   status = 'NEW' and created_at <= now() - ? * interval '1 millisecond',
                   case when status = 'CANCELLED' then (
                       select string_agg(kind, ' ') from compensation
                        where order_id = orders.id and done_at is null
                          and compensation.created_at > now() - ? * interval '1 millisecond') end
              from orders
            """;
    private static final String AFTER = FACTS + " where id > ? order by id limit ?";
    private static final String BY_ID = FACTS + " where id = any (?)";
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

    /** The newest orders that were placed, or asked about again, within the window; at most {@code limit}. */
    // The outbox has an event for each order that was placed, in the order in which they were.
    Set<UUID> recent(Duration window, int limit) {
        Instant since = clock.instant().minus(window);
        return QuarkusTransaction.joiningExisting().call(() -> OutboxEntry.recentSubjects(since, limit));
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
                OrderStatus.stored(row.getString("status")),
                Database.instant(row, "created_at"),
                Database.instant(row, "updated_at"),
                row.getLong(7),
                row.getBoolean(8) && !unsent.mayContain(id),
                pending != null && pending.contains("RELEASE"),
                pending != null && pending.contains("REFUND"));
    }
}
