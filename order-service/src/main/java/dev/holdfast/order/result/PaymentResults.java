package dev.holdfast.order.result;

import dev.holdfast.delivery.Inbox;
import dev.holdfast.delivery.PaymentEventHandler;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Ends orders: the last step of the saga, many orders in one transaction. */
@ApplicationScoped
public class PaymentResults implements PaymentEventHandler {
    private static final Logger LOG = Logger.getLogger(PaymentResults.class);

    private final Inbox inbox;
    private final OrderRows orders;
    private final Compensations compensations;
    private final CompensationWorker worker;
    private final OrderMetrics metrics;
    private final Clock clock;

    PaymentResults(
            Inbox inbox,
            OrderRows orders,
            Compensations compensations,
            CompensationWorker worker,
            OrderMetrics metrics,
            Clock clock) {
        this.inbox = inbox;
        this.orders = orders;
        this.compensations = compensations;
        this.worker = worker;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void on(List<PaymentEvent> results) {
        Instant now = clock.instant();
        Verdict verdict = QuarkusTransaction.requiringNew().call(() -> apply(results, now));
        // Only now is it committed, and true.
        if (verdict.givesMoneyBack()) {
            worker.wake();
        }
        count(verdict, now);
    }

    private Verdict apply(List<PaymentEvent> results, Instant now) {
        List<PaymentEvent> fresh = firstSeen(results);
        Verdict verdict = Verdict.on(fresh, fresh.isEmpty() ? List.of() : orders.lock(orderIds(fresh)));
        if (!verdict.finished().isEmpty()) {
            orders.end(verdict.finished(), OrderStatus.FINISHED, null, now);
        }
        List<Compensation> due = new ArrayList<>();
        verdict.cancelled().forEach((reason, cancelled) -> {
            orders.end(cancelled, OrderStatus.CANCELLED, reason.wireName(), now);
            cancelled.forEach(
                    order -> due.add(new Compensation(order.id(), Compensation.Kind.RELEASE, order.userId())));
        });
        verdict.refunded()
                .forEach(order -> due.add(new Compensation(order.id(), Compensation.Kind.REFUND, order.userId())));
        compensations.add(due);
        return verdict;
    }

    /** The first of each event that was not applied before, in the order they came. */
    private List<PaymentEvent> firstSeen(List<PaymentEvent> results) {
        Set<UUID> unseen =
                inbox.firstSeen(results.stream().map(PaymentEvent::eventId).toList());
        return results.stream()
                .filter(result -> unseen.remove(result.eventId()))
                .toList();
    }

    private static Set<UUID> orderIds(List<PaymentEvent> results) {
        Set<UUID> ids = HashSet.newHashSet(results.size());
        results.forEach(result -> ids.add(result.orderId()));
        return ids;
    }

    private void count(Verdict verdict, Instant now) {
        verdict.finished().forEach(order -> metrics.finished(Duration.between(order.createdAt(), now)));
        for (var cancelled : verdict.cancelled().entrySet()) {
            FailureReason reason = cancelled.getKey();
            cancelled.getValue().forEach(order -> metrics.cancelled(reason, Duration.between(order.createdAt(), now)));
        }
        for (PaymentEvent late : verdict.ignored()) {
            metrics.ignored();
            LOG.infof("Order %s was terminal already: ignored %s", late.orderId(), late.type());
        }
    }
}
