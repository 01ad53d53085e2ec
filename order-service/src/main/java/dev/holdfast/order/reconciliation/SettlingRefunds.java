package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.compensation.Compensation;
import dev.holdfast.order.compensation.CompensationWorker;
import dev.holdfast.order.compensation.Compensations;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.OrderMoney.Moved;
import dev.holdfast.order.payments.PaymentsReconciliation;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Gives back what was captured for orders that are cancelled, or that this service does not know. */
@ApplicationScoped
class SettlingRefunds {
    private final OrderFactsReader orders;
    private final PaymentsReconciliation payments;
    private final Compensations compensations;
    private final CompensationWorker worker;
    private final Audit audit;

    SettlingRefunds(
            OrderFactsReader orders,
            PaymentsReconciliation payments,
            Compensations compensations,
            CompensationWorker worker,
            Audit audit) {
        this.orders = orders;
        this.payments = payments;
        this.compensations = compensations;
        this.worker = worker;
        this.audit = audit;
    }

    /** @return those that stay as they are, and why */
    Map<UUID, String> settle(Kind kind, List<UUID> orderIds, Acting by) {
        // What was captured stays so, and a refund that comes meanwhile is the same refund.
        Map<UUID, Moved> kept = new HashMap<>();
        for (OrderMoney money : payments.orders(orderIds)) {
            Moved captured = money.captured();
            if (captured != null && captured.count() == 1 && OrderMoney.isKept(captured, money.refunded())) {
                kept.put(money.orderId(), captured);
            }
        }
        Set<UUID> refunded = QuarkusTransaction.requiringNew().call(() -> refund(kind, kept, by));
        worker.wake();
        return orderIds.stream()
                .filter(orderId -> !refunded.contains(orderId))
                .collect(Collectors.toMap(orderId -> orderId, orderId -> Settlements.NOTHING_TO_SETTLE));
    }

    private Set<UUID> refund(Kind kind, Map<UUID, Moved> kept, Acting by) {
        Set<UUID> refunded = kind == Kind.CAPTURE_WITHOUT_ORDER ? abandoned(kept) : cancelled(kept.keySet());
        kept.keySet().retainAll(refunded);
        List<Compensation> refunds = new ArrayList<>(kept.size());
        kept.forEach((orderId, captured) ->
                refunds.add(new Compensation(orderId, Compensation.Kind.REFUND, captured.userId())));
        Set<UUID> due = compensations.addAgain(refunds);
        kept.forEach((orderId, captured) -> {
            if (due.contains(orderId)) {
                audit.done(by, Settlements.act(kind, orderId, captured.userId(), captured.amount()));
            }
        });
        return refunded;
    }

    /** Those that no order is stored under, nor will be. */
    private Set<UUID> abandoned(Map<UUID, Moved> kept) {
        Map<UUID, UUID> userIds = HashMap.newHashMap(kept.size());
        kept.forEach((orderId, captured) -> userIds.put(orderId, captured.userId()));
        return compensations.abandon(userIds);
    }

    private Set<UUID> cancelled(Collection<UUID> orderIds) {
        return orders.byId(orderIds, orders.unsent()).stream()
                .filter(order -> order.status() == OrderStatus.CANCELLED)
                .map(OrderFacts::id)
                .collect(Collectors.toSet());
    }
}
