package dev.holdfast.order.cancellation;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.Database.Text;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderLifecycle;
import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.Orders;
import dev.holdfast.order.cancellation.Cancellation.Cancelled;
import dev.holdfast.order.cancellation.Cancellation.NotCancelled;
import dev.holdfast.order.cancellation.Cancellation.Outcome;
import dev.holdfast.order.cancellation.Cancellation.Requested;
import dev.holdfast.rest.DatabaseBulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The two transactions of a cancellation: before payments is asked, and after it has let the order be cancelled. */
@ApplicationScoped
@DatabaseBulkhead
class CancelledOrders {
    // What was said first stays. The states are a parameter: with a constant, a plan might take the index of all orders
    // that are NEW instead of the one of their ids.
    private static final String REQUEST = """
            update orders set cancel_requested_at = coalesce(cancel_requested_at, now()),
                reason_text = coalesce(reason_text, ?)
            where id = ? and user_id = ? and status = any (?) returning %s
            """.formatted(Order.COLUMNS);
    // The hold is released by now, which nothing else tells of.
    private static final String CANCEL = """
            with cancelled as (
                update orders set status = ?, reason = ?, updated_at = greatest(now(), created_at)
                where id = ? and user_id = ? and status = any (?) returning %s
            ),
            history as (
                insert into order_event (order_id, user_id, type, reason, occurred_at)
                select id, user_id, status, reason, updated_at from cancelled
                union all select id, user_id, 'RELEASED', null, updated_at from cancelled
            )
            select * from cancelled
            """.formatted(Order.COLUMNS);
    private static final Set<String> CANCELLABLE = OrderLifecycle.states(Trigger.CANCEL_REQUESTED, Step.CANCEL).stream()
            .map(OrderStatus::name)
            .collect(Collectors.toUnmodifiableSet());

    private final Database database;
    private final Orders orders;
    private final Audit audit;

    CancelledOrders(Database database, Orders orders, Audit audit) {
        this.database = database;
        this.orders = orders;
        this.audit = audit;
    }

    /**
     * Writes down that the order is to be cancelled, and by whom, where it still can be. Whatever ends it from now on knows:
     * where that is a released hold, the request released it.
     *
     * @return {@link Requested} where payments is to be asked; else that is the answer
     */
    @Transactional
    Cancellation request(CancelRequest request) {
        Optional<Order> requested = database.first(
                REQUEST,
                Order::read,
                new Text(request.reasonText()),
                request.orderId(),
                request.userId(),
                CANCELLABLE.toArray(String[]::new));
        if (requested.isPresent()) {
            audit.started(request.by(), request.act(requested.get().amount));
            return new Requested(requested.get());
        }
        // One that can be cancelled now was placed only after the statement began.
        return orders.find(request.userId(), request.orderId())
                .filter(order -> !CANCELLABLE.contains(order.status))
                .map(order -> asItIs(request, order))
                .orElseGet(() -> refused(request, NotCancelled.ORDER_NOT_FOUND));
    }

    /** Cancels an order that payments will not capture any more. */
    @Transactional
    Outcome cancel(CancelRequest request) {
        Optional<Order> cancelled = database.first(
                CANCEL,
                Order::read,
                OrderStatus.CANCELLED.name(),
                CancelReason.CANCELLED_BY_REQUEST.wireName(),
                request.orderId(),
                request.userId(),
                CANCELLABLE.toArray(String[]::new));
        Outcome outcome = cancelled
                .<Outcome>map(order -> new Cancelled(order, true))
                .orElseGet(() -> asItIs(
                        request,
                        orders.find(request.userId(), request.orderId()).orElseThrow()));
        if (outcome instanceof Cancelled now) {
            audit.done(request.by(), request.act(now.order().amount));
        }
        return outcome;
    }

    /** Writes down that it was not done, and is not going to be. */
    NotCancelled refused(CancelRequest request, NotCancelled why) {
        audit.refused(request.by(), request.act(null), why.code());
        return why;
    }

    /** The answer about an order that cannot be cancelled now: it is already, or is terminal in another way. */
    private Outcome asItIs(CancelRequest request, Order order) {
        OrderStatus status = OrderStatus.stored(order.status);
        if (status == null) {
            return NotCancelled.OF_NEWER_VERSION;
        }
        return switch (OrderLifecycle.on(status, Trigger.CANCEL_REQUESTED)) {
            case IGNORE -> new Cancelled(order, false);
            case REFUSE -> refused(request, NotCancelled.ORDER_FINISHED);
            case CANCEL, FINISH, REFUND, REQUEST_PAYMENT ->
                throw new IllegalStateException("Order " + order.id + " is " + status + ", and was not cancelled");
        };
    }
}
