package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.refund.RefundWorker;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Asks payments once more for the refunds of orders that it has forgotten; those that it has are not made again. */
@ApplicationScoped
class SettlingLostRefunds {
    private final OrderFactsReader orders;
    private final RefundWorker refunds;
    private final Audit audit;

    SettlingLostRefunds(OrderFactsReader orders, RefundWorker refunds, Audit audit) {
        this.orders = orders;
        this.refunds = refunds;
        this.audit = audit;
    }

    /** @return those that stay as they are, and why */
    Map<UUID, String> settle(List<UUID> orderIds, Acting by) {
        Set<UUID> again = new HashSet<>();
        QuarkusTransaction.requiringNew().run(() -> {
            List<OrderFacts> refunded = orders.byId(orderIds, orders.unsent()).stream()
                    .filter(order -> order.status() == OrderStatus.FINISHED
                            && order.refundsDone().signum() > 0)
                    .toList();
            again.addAll(refunded.stream().map(OrderFacts::id).toList());
            refunds.again(again);
            refunded.forEach(order -> audit.done(
                    by, Settlements.act(Kind.REFUND_NOT_BOOKED, order.id(), order.userId(), order.refundsDone())));
        });
        refunds.wake();
        return orderIds.stream()
                .filter(orderId -> !again.contains(orderId))
                .collect(Collectors.toMap(orderId -> orderId, orderId -> Settlements.NOTHING_TO_SETTLE));
    }
}
