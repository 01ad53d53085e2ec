package dev.holdfast.order.authorization;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderLifecycle;
import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import dev.holdfast.order.OrderStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The orders that are AUTHORIZED and are not going to be captured any more. */
@ApplicationScoped
class ExpiredAuthorizations {
    private static final String DUE = """
            select %s from orders
            where status = 'AUTHORIZED'
                and least(authorized_until, cancel_requested_at) <= now() - ? * interval '1 millisecond'
                and id <> all (?)
            order by least(authorized_until, cancel_requested_at) limit ?
            """.formatted(Order.COLUMNS);
    // Payments has released the hold.
    private static final String CANCEL = """
            with cancelled as (
                update orders
                set status = ?, reason = case when cancel_requested_at is null then ? else ? end,
                    updated_at = greatest(now(), created_at)
                where id = any (?) and status = any (?) returning %s
            ),
            history as (
                insert into order_event (order_id, user_id, type, reason, occurred_at)
                select id, user_id, status, reason, updated_at from cancelled
                union all select id, user_id, 'RELEASED', null, updated_at from cancelled
            )
            select * from cancelled
            """.formatted(Order.COLUMNS);
    private static final Set<String> EXPIRING =
            OrderLifecycle.states(Trigger.AUTHORIZATION_EXPIRED, Step.CANCEL).stream()
                    .map(OrderStatus::name)
                    .collect(Collectors.toUnmodifiableSet());

    private final Database database;

    ExpiredAuthorizations(Database database) {
        this.database = database;
    }

    /**
     * Those whose time is over, or that somebody asked to cancel without an answer, for so long; the longest first.
     *
     * @param except those that were tried before
     */
    List<Order> due(Duration grace, Collection<UUID> except, int limit) {
        return database.query(DUE, Order::read, grace.toMillis(), except.toArray(UUID[]::new), limit);
    }

    /** Cancels those of the orders that are still AUTHORIZED, and writes their history; returns them. */
    List<Order> cancel(Collection<UUID> released) {
        return database.query(
                CANCEL,
                Order::read,
                OrderStatus.CANCELLED.name(),
                CancelReason.HOLD_EXPIRED.wireName(),
                CancelReason.CANCELLED_BY_REQUEST.wireName(),
                released.toArray(UUID[]::new),
                EXPIRING.toArray(String[]::new));
    }
}
