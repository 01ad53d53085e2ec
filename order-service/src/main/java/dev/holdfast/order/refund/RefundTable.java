package dev.holdfast.order.refund;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.Database.Text;
import dev.holdfast.money.Money;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderLifecycle;
import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.refund.RefundResult.NotRefunded;
import dev.holdfast.order.refund.RefundResult.Refunded;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.JsonLength;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The refunds in the database, as they are asked for and shown. */
@ApplicationScoped
@DatabaseBulkhead
class RefundTable {
    private static final String LOCK =
            "select " + Order.COLUMNS + " from orders where id = ? and user_id = ? for no key update";
    private static final String WITH_KEY =
            "select " + OrderRefund.COLUMNS + " from refund where order_id = ? and idempotency_key = ?";
    // The guard is evaluated under the lock of the order's row; a constraint says the same.
    private static final String ADD = """
            with counted as (
                update orders set refunded = refunded + ?
                where id = ? and status = any (?) and refunded + ? <= coalesce(capture_amount, amount)
                returning id, user_id
            )
            insert into refund (order_id, user_id, amount, asked, reason, idempotency_key, next_attempt_at)
            select id, user_id, ?, cast(? as numeric), ?, ?, now() + ? * interval '1 millisecond' from counted
            returning %s
            """.formatted(OrderRefund.COLUMNS);
    private static final String PAGE = "select " + OrderRefund.COLUMNS + " from refund where order_id = ?"
            + " and (created_at, id) < (?, ?) order by created_at desc, id desc limit ?";
    private static final String IS_OF_USER = "select 1 from orders where id = ? and user_id = ?";
    private static final Set<String> REFUNDABLE = OrderLifecycle.states(Trigger.REFUND_REQUESTED, Step.REFUND).stream()
            .map(OrderStatus::name)
            .collect(Collectors.toUnmodifiableSet());
    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));
    /** Of a refund in a list, without what was said with it. */
    private static final int JSON_BYTES = 220;

    private final Database database;
    private final Audit audit;

    RefundTable(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * Writes down what is to be refunded, once for each key, and counts it: in one transaction, under the lock of the order's row,
     * so that all refunds of an order together are never more than was captured.
     *
     * @param head how long the caller may try it before the worker does
     */
    @Transactional
    RefundResult add(RefundRequest request, Duration head) {
        RefundResult result = addLocked(request, head);
        switch (result) {
            case Refunded(OrderRefund refund, boolean replayed)
            when !replayed ->
                audit.done(
                        request.by(),
                        request.act().with("amount", refund.amount()).with("refund_id", refund.id()));
            // Nothing new was done.
            case Refunded again -> {}
            case NotRefunded reason ->
                audit.refused(request.by(), request.act().with("amount", request.amount()), reason.code());
        }
        return result;
    }

    private RefundResult addLocked(RefundRequest request, Duration head) {
        Order order = database.first(LOCK, Order::read, request.orderId(), request.userId())
                .orElse(null);
        if (order == null) {
            return NotRefunded.ORDER_NOT_FOUND;
        }
        OrderRefund earlier = withKey(request).orElse(null);
        if (earlier != null) {
            return earlier.isOf(request) ? new Refunded(earlier, true) : NotRefunded.KEY_REUSED;
        }
        if (!REFUNDABLE.contains(order.status)) {
            return NotRefunded.ORDER_NOT_FINISHED;
        }
        BigDecimal left = order.captured().subtract(order.refunded);
        BigDecimal asked = request.amount();
        BigDecimal amount = asked == null ? left : Money.exact(asked);
        if (amount.signum() == 0 || amount.compareTo(left) > 0) {
            return NotRefunded.REFUND_EXCEEDS_CAPTURED;
        }
        return new Refunded(insert(request, amount, head), false);
    }

    private Optional<OrderRefund> withKey(RefundRequest request) {
        return request.key() == null
                ? Optional.empty()
                : database.first(WITH_KEY, OrderRefund::read, request.orderId(), request.key());
    }

    private OrderRefund insert(RefundRequest request, BigDecimal amount, Duration head) {
        return database.only(
                ADD,
                OrderRefund::read,
                amount,
                request.orderId(),
                REFUNDABLE.toArray(String[]::new),
                amount,
                amount,
                request.amount(),
                new Text(request.reason()),
                new Text(request.key()),
                head.toMillis());
    }

    /** The refunds of an order of this user, newest first, from the cursor on; empty where there is no such order. */
    @Transactional
    Optional<Page<OrderRefund>> page(UUID userId, UUID orderId, PageLimit limit, @Nullable Cursor cursor) {
        if (database.first(IS_OF_USER, row -> row.getInt(1), orderId, userId).isEmpty()) {
            return Optional.empty();
        }
        Cursor start = cursor == null ? NEWEST : cursor;
        return Optional.of(Page.of(
                database.query(PAGE, OrderRefund::read, orderId, start.at(), start.id(), limit.rows() + 1),
                limit,
                refund -> JSON_BYTES + JsonLength.of(refund.reason()),
                last -> new Cursor(last.createdAt(), last.id())));
    }
}
