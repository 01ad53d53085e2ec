package dev.holdfast.order.authorization;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.delivery.OutboxMessage;
import dev.holdfast.delivery.TraceContext;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.Database.Text;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.money.Money;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderLifecycle;
import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.authorization.CaptureResult.NotRequested;
import dev.holdfast.order.authorization.CaptureResult.Requested;
import dev.holdfast.rest.DatabaseBulkhead;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Lets orders that are AUTHORIZED be charged: status and request for payment by one transaction, under the lock of the order's row. */
@ApplicationScoped
@DatabaseBulkhead
class Captures {
    private static final String LOCK =
            "select " + Order.COLUMNS + " from orders where id = ? and user_id = ? for no key update";
    // By the database's clock, as the sweeper goes by it.
    private static final String REQUEST = """
            update orders set status = ?, capture_amount = cast(? as numeric), capture_key = ?,
                capture_requested_at = now(), updated_at = greatest(now(), created_at)
            where id = ? and status = any (?) and authorized_until > now() returning %s
            """.formatted(Order.COLUMNS);
    private static final Set<String> CAPTURABLE =
            OrderLifecycle.states(Trigger.CAPTURE_REQUESTED, Step.REQUEST_PAYMENT).stream()
                    .map(OrderStatus::name)
                    .collect(Collectors.toUnmodifiableSet());

    private final Database database;
    private final Outbox outbox;
    private final Audit audit;

    Captures(Database database, Outbox outbox, Audit audit) {
        this.database = database;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** Captures once; the same request with the same key is answered again. */
    CaptureResult capture(CaptureRequest request) {
        return TraceContext.call(
                any -> request.traceparent(),
                request.traceparent(),
                () -> QuarkusTransaction.requiringNew().call(() -> captureAudited(request)));
    }

    private CaptureResult captureAudited(CaptureRequest request) {
        CaptureResult result = captureLocked(request);
        switch (result) {
            case Requested(Order order, boolean replayed)
            when !replayed -> audit.done(request.by(), request.act(order.toCapture()));
            // Nothing new was done.
            case Requested again -> {}
            case NotRequested reason -> audit.refused(request.by(), request.act(request.amount()), reason.code());
        }
        return result;
    }

    private CaptureResult captureLocked(CaptureRequest request) {
        Order order = database.first(LOCK, Order::read, request.orderId(), request.userId())
                .orElse(null);
        if (order == null) {
            return NotRequested.ORDER_NOT_FOUND;
        }
        BigDecimal amount = request.amount() == null ? order.amount : Money.exact(request.amount());
        if (request.key() != null && request.key().equals(order.captureKey)) {
            return amount.compareTo(order.toCapture()) == 0 ? new Requested(order, true) : NotRequested.KEY_REUSED;
        }
        if (!CAPTURABLE.contains(order.status)) {
            return NotRequested.ORDER_NOT_AUTHORIZED;
        }
        if (amount.compareTo(order.amount) > 0) {
            return NotRequested.CAPTURE_EXCEEDS_HELD;
        }
        return request(request, order, amount);
    }

    private CaptureResult request(CaptureRequest request, Order order, BigDecimal amount) {
        return database.first(
                        REQUEST,
                        Order::read,
                        OrderStatus.NEW.name(),
                        amount.compareTo(order.amount) == 0 ? null : amount,
                        new Text(request.key()),
                        order.id,
                        CAPTURABLE.toArray(String[]::new))
                .<CaptureResult>map(requested -> {
                    outbox.append(OutboxMessage.of(List.of(new PaymentRequested(
                            UuidCreator.getTimeOrderedEpoch(),
                            requested.id,
                            requested.userId,
                            requested.toCapture(),
                            requested.updatedAt))));
                    return new Requested(requested, false);
                })
                .orElse(NotRequested.ORDER_NOT_AUTHORIZED);
    }
}
