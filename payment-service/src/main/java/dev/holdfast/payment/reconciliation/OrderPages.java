package dev.holdfast.payment.reconciliation;

import dev.holdfast.delivery.OutboxEntry;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.reconciliation.OrderMoney.Moved;
import dev.holdfast.payment.reconciliation.OrderMoney.Reserved;
import dev.holdfast.payment.transfer.TransferKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the holds and transfers of orders for reconciliation. Each page is one statement, and so of one moment. */
@ApplicationScoped
class OrderPages {
    static final UUID BEFORE_ALL = new UUID(0, 0);

    private static final String IDS_AFTER = """
            select order_id from (
                (select order_id from hold where order_id > ? order by order_id limit ?)
                union
                (select distinct order_id from transfer
                  where order_id is not null and order_id > ? order by order_id limit ?)
            ) as known order by order_id limit ?
            """;
    private static final String MONEY = """
            select order_id, 'HOLD' as row, user_id, amount, status, expires_at as at,
                   status = 'HELD' and expires_at <= now() - ? * interval '1 millisecond' as overdue,
                   null as transfers, null as age_millis
              from hold where order_id = any(?)
            union all
            select order_id, kind, case kind when 'CAPTURE' then debit_account else credit_account end as owner,
                   sum(amount), null, max(created_at), false, count(*),
                   cast(extract(epoch from now() - max(created_at)) * 1000 as bigint)
              from transfer
             where order_id is not null and order_id = any(?) and kind in ('CAPTURE', 'REFUND')
             group by order_id, kind, owner
             order by order_id, at
            """;
    private static final String OVERDUE = """
            select order_id from hold where status = 'HELD' and expires_at <= now() - ? * interval '1 millisecond'
             order by expires_at limit ?
            """;
    /** A hold is overdue after this many sweeps, plus some time for a busy account. */
    private static final int SWEEPS_MISSED = 3;

    private static final Duration SWEEP_GRACE = Duration.ofSeconds(4);

    private final Database database;
    private final Clock clock;
    private final long graceMillis;
    private final long holdRetentionMillis;

    OrderPages(Database database, Clock clock, PaymentConfig config) {
        this.database = database;
        this.clock = clock;
        this.graceMillis = config.sweep()
                .interval()
                .multipliedBy(SWEEPS_MISSED)
                .plus(SWEEP_GRACE)
                .toMillis();
        this.holdRetentionMillis = config.removal().retention().toMillis();
    }

    /** The money of the orders behind the id, in the order of their ids, as PostgreSQL sorts them. */
    List<OrderMoney> after(UUID id, int limit) {
        return of(database.query(IDS_AFTER, row -> Database.uuid(row, "order_id"), id, limit, id, limit, limit));
    }

    /** The money of these orders; those of which nothing is known are left out. */
    List<OrderMoney> of(Collection<UUID> orderIds) {
        UUID[] ids = orderIds.toArray(UUID[]::new);
        Map<UUID, OrderMoney> orders = LinkedHashMap.newLinkedHashMap(ids.length);
        database.query(MONEY, OrderPages::read, graceMillis, ids, ids)
                .forEach(money -> orders.merge(money.orderId(), money, OrderMoney::and));
        return orders.values().stream()
                .map(money -> money.withHoldRemovedAfter(holdRetentionMillis))
                .toList();
    }

    /** Orders whose payment was decided in the last seconds, newest first cut, and those with an overdue hold. */
    List<UUID> recent(int seconds, int limit) {
        // The outbox has an event for each decision about a payment, in the order in which they were made.
        Set<UUID> ids = OutboxEntry.recentSubjects(clock.instant().minusSeconds(seconds), limit);
        ids.addAll(database.query(OVERDUE, row -> Database.uuid(row, "order_id"), graceMillis, limit));
        return List.copyOf(ids);
    }

    /** Kinds and states that a newer version has written are not known here, and break nothing. */
    private static OrderMoney read(ResultSet row) throws SQLException {
        UUID orderId = Database.uuid(row, "order_id");
        UUID userId = Database.uuid(row, "user_id");
        Instant at = Database.instant(row, "at");
        BigDecimal amount = row.getBigDecimal("amount");
        @Nullable String status = row.getString("status");
        if (status != null) {
            Reserved hold = new Reserved(userId, amount, status, at, row.getBoolean("overdue"));
            return new OrderMoney(orderId, hold, null, null);
        }
        Moved moved = new Moved(row.getInt("transfers"), amount, userId, at, row.getLong("age_millis"));
        return row.getString("row").equals(TransferKind.REFUND.name())
                ? new OrderMoney(orderId, null, null, moved)
                : new OrderMoney(orderId, null, moved, null);
    }
}
