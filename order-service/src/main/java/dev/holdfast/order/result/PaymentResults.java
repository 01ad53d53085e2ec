package dev.holdfast.order.result;

import dev.holdfast.delivery.EventHandler;
import dev.holdfast.delivery.InboxEntry;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.logging.LogField;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.compensation.Compensation;
import dev.holdfast.order.compensation.CompensationWorker;
import dev.holdfast.order.compensation.Compensations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Ends orders: the last step of the saga, many orders in one transaction. */
@ApplicationScoped
public class PaymentResults implements EventHandler<PaymentEvent> {
    private static final Logger LOG = Logger.getLogger(PaymentResults.class);

    private final LockedOrders orders;
    private final Compensations compensations;
    private final CompensationWorker worker;
    private final OrderMetrics metrics;
    private final Clock clock;

    PaymentResults(
            LockedOrders orders,
            Compensations compensations,
            CompensationWorker worker,
            OrderMetrics metrics,
            Clock clock) {
        this.orders = orders;
        this.compensations = compensations;
        this.worker = worker;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public PaymentEvent read(byte[] body) throws MalformedEventException {
        return PaymentEventJson.read(body);
    }

    @Override
    public Set<UUID> on(List<PaymentEvent> results) {
        ResultEffects effects = QuarkusTransaction.requiringNew().call(() -> apply(results));
        // Only now is it committed, and true.
        if (effects.givesMoneyBack()) {
            worker.wake();
        }
        count(effects, clock.instant());
        return effects.leftOut();
    }

    private ResultEffects apply(List<PaymentEvent> results) {
        LockedOrders.Received received = orders.lock(results);
        // Each event once, also where it is there twice.
        List<PaymentEvent> fresh = results.stream()
                .filter(result -> received.firstSeen().remove(result.eventId()))
                .toList();
        ResultEffects effects = ResultEffects.of(fresh, received.orders());
        if (!effects.finished().isEmpty()) {
            orders.end(effects.finished(), OrderStatus.FINISHED, null);
        }
        List<Compensation> due = new ArrayList<>();
        effects.cancelled().forEach((reason, cancelled) -> {
            orders.end(cancelled, OrderStatus.CANCELLED, reason.wireName());
            cancelled.forEach(
                    order -> due.add(new Compensation(order.id(), Compensation.Kind.RELEASE, order.userId())));
        });
        if (!effects.leftOut().isEmpty()) {
            // They are delivered to another replica when this one is replaced.
            InboxEntry.forget(effects.leftOut());
        }
        effects.leftOut().addAll(received.busy());
        effects.refunded()
                .forEach(order -> due.add(new Compensation(order.id(), Compensation.Kind.REFUND, order.userId())));
        compensations.add(due);
        return effects;
    }

    private void count(ResultEffects effects, Instant now) {
        effects.finished().forEach(order -> metrics.finished(Duration.between(order.createdAt(), now)));
        for (var cancelled : effects.cancelled().entrySet()) {
            CancelReason reason = cancelled.getKey();
            cancelled.getValue().forEach(order -> metrics.cancelled(reason, Duration.between(order.createdAt(), now)));
        }
        for (PaymentEvent late : effects.ignored()) {
            metrics.ignored();
            LOG.infof(
                    "Order %s of user %s was terminal already: ignored %s",
                    LogField.order(late.orderId()), LogField.user(late.userId()), late.type());
        }
    }
}
