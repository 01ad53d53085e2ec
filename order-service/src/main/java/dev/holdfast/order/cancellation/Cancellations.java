package dev.holdfast.order.cancellation;

import dev.holdfast.order.CancelReason;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.cancellation.Cancellation.Cancelled;
import dev.holdfast.order.cancellation.Cancellation.NotCancelled;
import dev.holdfast.order.cancellation.Cancellation.Outcome;
import dev.holdfast.order.cancellation.Cancellation.Requested;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Cancels orders. Payments decides under the lock of the order's account, where a capture decides too, so that nothing is
 * read first and acted on afterwards. No transaction is open, and no thread waits, while it is asked.
 *
 * <p>A crash between its answer and the commit leaves an order NEW whose hold is released. Its payment then fails, which
 * cancels it with the same reason; so does asking again. One that is AUTHORIZED is cancelled by the sweep of authorizations.
 */
@ApplicationScoped
class Cancellations {
    private final CancelledOrders orders;
    private final Payments payments;
    private final OrderMetrics metrics;

    Cancellations(CancelledOrders orders, Payments payments, OrderMetrics metrics) {
        this.orders = orders;
        this.payments = payments;
        this.metrics = metrics;
    }

    /** Fails where the database does: then it is to be asked for again. */
    Uni<Outcome> cancel(CancelRequest request) {
        return onWorker(() -> orders.request(request)).chain(known -> switch (known) {
            case Requested(Order order) -> askPayments(request, order);
            case Outcome outcome -> Uni.createFrom().item(outcome);
        });
    }

    private Uni<Outcome> askPayments(CancelRequest request, Order order) {
        return Uni.createFrom()
                .deferred(() -> payments.cancel(order.userId, order.id, order.amount, request.traceparent()))
                .chain(released -> onWorker(() -> ended(request, released)))
                .onFailure(PaymentsUnavailableException.class)
                .recoverWithUni(
                        failure -> onWorker(() -> unanswered(request, order, (PaymentsUnavailableException) failure)));
    }

    private Outcome ended(CancelRequest request, boolean released) {
        if (!released) {
            return orders.refused(request, NotCancelled.ORDER_FINISHED);
        }
        Outcome outcome = orders.cancel(request);
        // Only now is it committed, and true.
        if (outcome instanceof Cancelled(Order order, boolean byThis) && byThis) {
            metrics.cancelled(CancelReason.CANCELLED_BY_REQUEST, Duration.between(order.createdAt, order.updatedAt));
        }
        return outcome;
    }

    /** One that is AUTHORIZED has no payment that could fail: the sweep of authorizations asks again. */
    private Outcome unanswered(CancelRequest request, Order order, PaymentsUnavailableException failure) {
        return failure.mayHaveArrived() || order.status.equals(OrderStatus.AUTHORIZED.name())
                ? NotCancelled.PAYMENTS_UNAVAILABLE
                : orders.refused(request, NotCancelled.PAYMENTS_UNAVAILABLE);
    }

    private static <T> Uni<T> onWorker(Supplier<T> statements) {
        return Uni.createFrom().item(statements).runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }
}
