package dev.holdfast.order.placement;

import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.PaymentsReconciliation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * For a while after the secret of order ids has changed, a repeated request may have a hold under an id of the earlier
 * secret. One call per batch looks for such holds, and they are used instead of taking second ones.
 */
@ApplicationScoped
class EarlierHolds {
    private static final Logger LOG = Logger.getLogger(EarlierHolds.class);

    private final OrderIds ids;
    private final PaymentsReconciliation payments;

    EarlierHolds(OrderIds ids, PaymentsReconciliation payments) {
        this.ids = ids;
        this.payments = payments;
    }

    /** The same orders, those under their earlier id that have a usable hold there. */
    Uni<List<PendingOrder>> use(List<PendingOrder> open) {
        Map<UUID, PendingOrder> byEarlierId = new HashMap<>();
        for (PendingOrder each : open) {
            ids.earlier(each.request()).forEach(id -> byEarlierId.put(id, each));
        }
        if (byEarlierId.isEmpty()) {
            return Uni.createFrom().item(open);
        }
        return payments.find(byEarlierId.keySet())
                .map(found -> {
                    Map<PendingOrder, UUID> usable = new HashMap<>();
                    for (OrderMoney money : found) {
                        PendingOrder owner = byEarlierId.get(money.orderId());
                        if (owner != null && isUsable(money.hold(), owner.request())) {
                            usable.put(owner, money.orderId());
                        }
                    }
                    return open.stream()
                            .map(each -> usable.containsKey(each) ? each.under(usable.get(each), 0) : each)
                            .toList();
                })
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("Earlier holds are not looked for: %s", failure.getMessage());
                    return open;
                });
    }

    private static boolean isUsable(OrderMoney.@Nullable Hold hold, OrderRequest request) {
        return hold != null
                && hold.is(OrderMoney.Hold.HELD)
                && !hold.overdue()
                && hold.userId().equals(request.userId())
                && hold.amount().compareTo(request.amount()) == 0;
    }
}
