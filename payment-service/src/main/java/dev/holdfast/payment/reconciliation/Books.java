package dev.holdfast.payment.reconciliation;

import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.database.Database;
import dev.holdfast.payment.hold.HoldStatus;
import dev.holdfast.payment.reconciliation.OrderMoney.Moved;
import dev.holdfast.payment.reconciliation.OrderMoney.Reserved;
import dev.holdfast.payment.transfer.TransferKind;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the holds, transfers and accounts for reconciliation. Each page is one statement, and so of one moment. */
@ApplicationScoped
class Books {
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
            select order_id, 'HOLD' as row, user_id, amount, status, expires_at as at from hold
             where order_id = any(?)
            union all
            select order_id, kind, case kind when 'CAPTURE' then debit_account else credit_account end, amount, null,
                   created_at
              from transfer where order_id is not null and order_id = any(?)
             order by order_id, at
            """;
    // The outbox has an event for each decision about a payment, in the order in which they were made.
    private static final String DECIDED = """
            select distinct order_id from (select order_id, created_at from outbox order by seq desc limit ?) as newest
             where created_at > now() - ? * interval '1 second'
            """;
    private static final String OVERDUE = """
            select order_id from hold where status = 'HELD' and expires_at <= ? order by expires_at limit ?
            """;
    // Each sum is read from the index of the account's own rows.
    private static final String ACCOUNT_SUMS = """
            select user_id, balance, held,
                   coalesce((select sum(amount) from transfer
                              where credit_account = account.user_id and kind in ('DEPOSIT', 'REFUND')), 0)
                   - coalesce((select sum(amount) from transfer
                              where debit_account = account.user_id and kind = 'CAPTURE'), 0) as booked,
                   coalesce((select sum(amount) from hold
                              where hold.user_id = account.user_id and status = 'HELD'), 0) as reserved
              from account
            """;
    private static final String ACCOUNTS_AFTER = ACCOUNT_SUMS + " where user_id > ? order by user_id limit ?";
    private static final String ACCOUNTS_BY_ID = ACCOUNT_SUMS + " where user_id = any(?) order by user_id";
    // An account may have millions of transfers. Still shorter than the connection's socket timeout.
    private static final String TAKE_LONGER = "set local statement_timeout = '12s'";

    /** A hold is overdue once so many sweeps should have found it, and a busy account has had its time. */
    private static final int SWEEPS_MISSED = 3;

    private static final Duration SWEEP_GRACE = Duration.ofSeconds(4);

    private final Database database;
    private final Clock clock;
    private final Duration grace;
    private final Duration holdRetention;

    Books(Database database, Clock clock, PaymentConfig config) {
        this.database = database;
        this.clock = clock;
        this.grace = config.sweep().interval().multipliedBy(SWEEPS_MISSED).plus(SWEEP_GRACE);
        this.holdRetention = config.removal().retention();
    }

    /** The money of the orders behind the id, in the order of their ids, as PostgreSQL sorts them. */
    List<OrderMoney> after(UUID id, int limit) {
        UUID[] ids = database.query(IDS_AFTER, row -> Database.uuid(row, "order_id"), id, limit, id, limit, limit)
                .toArray(UUID[]::new);
        return of(ids);
    }

    /** The money of these orders; those of which nothing is known are left out. */
    List<OrderMoney> of(Collection<UUID> ids) {
        return of(ids.toArray(UUID[]::new));
    }

    private List<OrderMoney> of(UUID[] ids) {
        Instant overdueSince = clock.instant().minus(grace);
        Map<UUID, OrderMoney> orders = LinkedHashMap.newLinkedHashMap(ids.length);
        database.query(MONEY, row -> read(row, overdueSince), ids, ids)
                .forEach(money -> orders.merge(money.orderId(), money, OrderMoney::and));
        Instant removedBefore = clock.instant().minus(holdRetention);
        return orders.values().stream()
                .map(money -> money.withHoldRemovedBefore(removedBefore))
                .toList();
    }

    /** Orders whose payment was decided in the last seconds, newest first cut, and those with an overdue hold. */
    List<UUID> recent(int seconds, int limit) {
        List<UUID> ids =
                new ArrayList<>(database.query(DECIDED, row -> Database.uuid(row, "order_id"), limit, seconds));
        ids.addAll(database.query(
                OVERDUE, row -> Database.uuid(row, "order_id"), clock.instant().minus(grace), limit));
        return ids.stream().distinct().toList();
    }

    /** The books of the accounts behind the id, in the order of their ids. */
    @Transactional
    List<AccountBooks> accountsAfter(UUID id, int limit) {
        database.execute(TAKE_LONGER);
        return database.query(ACCOUNTS_AFTER, Books::readAccount, id, limit);
    }

    /** The books of these accounts; unknown ones are left out. */
    @Transactional
    List<AccountBooks> accounts(Collection<UUID> ids) {
        database.execute(TAKE_LONGER);
        return database.query(ACCOUNTS_BY_ID, Books::readAccount, (Object) ids.toArray(UUID[]::new));
    }

    private static OrderMoney read(ResultSet row, Instant overdueSince) throws SQLException {
        UUID orderId = Database.uuid(row, "order_id");
        UUID userId = Database.uuid(row, "user_id");
        Instant at = Database.instant(row, "at");
        @Nullable String status = row.getString("status");
        if (status != null) {
            HoldStatus holds = HoldStatus.of(status);
            boolean overdue = holds == HoldStatus.HELD && !at.isAfter(overdueSince);
            return OrderMoney.ofHold(orderId, new Reserved(userId, row.getBigDecimal("amount"), holds, at, overdue));
        }
        Moved moved = Moved.one(userId, row.getBigDecimal("amount"), at);
        return switch (TransferKind.of(row.getString("row"))) {
            case CAPTURE -> OrderMoney.ofCapture(orderId, moved);
            case REFUND -> OrderMoney.ofRefund(orderId, moved);
            case DEPOSIT, UNKNOWN -> new OrderMoney(orderId, null, null, null);
        };
    }

    private static AccountBooks readAccount(ResultSet row) throws SQLException {
        return new AccountBooks(
                Database.uuid(row, "user_id"),
                row.getBigDecimal("balance"),
                row.getBigDecimal("booked"),
                row.getBigDecimal("held"),
                row.getBigDecimal("reserved"));
    }
}
