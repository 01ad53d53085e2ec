package dev.holdfast.order.placement;

import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.PaymentsReconciliation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
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
    private final Function<Collection<UUID>, Uni<List<OrderMoney>>> find;

    @Inject
    EarlierHolds(OrderIds ids, PaymentsReconciliation payments) {
        this(ids, payments::find);
    }

    /** @param find what payments has of these order ids */
    EarlierHolds(OrderIds ids, Function<Collection<UUID>, Uni<List<OrderMoney>>> find) {
        this.ids = ids;
        this.find = find;
    }

    /** @return the same orders; each that has a usable hold under an earlier id is under that id */
    Uni<List<PendingOrder>> use(List<PendingOrder> open) {
        Map<UUID, PendingOrder> byEarlierId = new HashMap<>();
        for (PendingOrder each : open) {
            ids.earlier(each.request()).forEach(id -> byEarlierId.put(id, each));
        }
        if (byEarlierId.isEmpty()) {
            return Uni.createFrom().item(open);
        }
        return find.apply(byEarlierId.keySet())
                .map(found -> underTheirHolds(open, byEarlierId, found))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("Earlier holds are not looked for: %s", failure.getMessage());
                    return open;
                });
    }

    private static List<PendingOrder> underTheirHolds(
            List<PendingOrder> open, Map<UUID, PendingOrder> byEarlierId, List<OrderMoney> found) {
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
    }

    private static boolean isUsable(OrderMoney.@Nullable Hold hold, OrderRequest request) {
        return hold != null
                && hold.is(OrderMoney.Hold.HELD)
                && !hold.overdue()
                && hold.userId().equals(request.userId())
                && hold.amount().compareTo(request.amount()) == 0;
    }
}
