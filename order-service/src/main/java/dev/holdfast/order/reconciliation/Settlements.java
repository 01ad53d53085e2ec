package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.order.reconciliation.SettledDiscrepancies.RefusedSettlement;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Mends discrepancies that an operator has seen, of the kinds that a database leaves which was restored to another moment
 * than the other service's. Payments moves the money, in the ways in which it always does. All of it may be repeated, so
 * what a crash has left half done is done by asking again.
 */
@ApplicationScoped
class Settlements {
    sealed interface Result {
        record Done(SettledDiscrepancies settled) implements Result {}

        enum NotDone implements Result {
            /** There is no open discrepancy of this kind and order. */
            NOT_OPEN,
            /** Nothing mends this kind. */
            NOT_SETTLED
        }
    }

    private static final Set<Kind> SETTLED = EnumSet.of(
            Kind.CAPTURE_WITHOUT_ORDER,
            Kind.CANCELLED_BUT_CAPTURED,
            Kind.FINISHED_WITHOUT_CAPTURE,
            Kind.REFUND_NOT_BOOKED);

    /** Why one stays as it is that was mended meanwhile. */
    static final String NOTHING_TO_SETTLE = "nothing_to_settle";

    private final Discrepancies discrepancies;
    private final SettlingRefunds refunds;
    private final SettlingCharges charges;
    private final SettlingLostRefunds lostRefunds;
    private final Audit audit;

    Settlements(
            Discrepancies discrepancies,
            SettlingRefunds refunds,
            SettlingCharges charges,
            SettlingLostRefunds lostRefunds,
            Audit audit) {
        this.discrepancies = discrepancies;
        this.refunds = refunds;
        this.charges = charges;
        this.lostRefunds = lostRefunds;
        this.audit = audit;
    }

    /**
     * Settles what is asked for and open.
     *
     * @throws dev.holdfast.order.payments.PaymentsUnavailableException where payments does not answer: to be repeated
     */
    Result settle(SettleDiscrepancies asked, Acting by) {
        Kind kind = asked.kind();
        if (!SETTLED.contains(kind)) {
            return Result.NotDone.NOT_SETTLED;
        }
        UUID orderId = asked.orderId();
        if (orderId != null) {
            return discrepancies.isOpen(kind, orderId)
                    ? new Result.Done(settle(kind, List.of(orderId), null, by))
                    : Result.NotDone.NOT_OPEN;
        }
        int limit = asked.limitOrDefault();
        List<UUID> page = discrepancies.subjectsAfter(kind, asked.after(), limit);
        return new Result.Done(settle(kind, page, page.size() == limit ? page.getLast() : null, by));
    }

    private SettledDiscrepancies settle(Kind kind, List<UUID> orderIds, @Nullable UUID next, Acting by) {
        Map<UUID, String> refused = orderIds.isEmpty()
                ? Map.of()
                : switch (kind) {
                    case FINISHED_WITHOUT_CAPTURE -> charges.settle(orderIds, by);
                    case REFUND_NOT_BOOKED -> lostRefunds.settle(orderIds, by);
                    default -> refunds.settle(kind, orderIds, by);
                };
        refused.forEach((orderId, code) -> audit.refused(by, act(kind, orderId), code));
        List<RefusedSettlement> listed = refused.entrySet().stream()
                .map(each -> new RefusedSettlement(each.getKey(), each.getValue()))
                .toList();
        return new SettledDiscrepancies(orderIds.size() - refused.size(), listed, next);
    }

    /** What the audit says of it. */
    static Act act(Kind kind, UUID orderId, UUID userId, BigDecimal amount) {
        return act(kind, orderId).with("user_id", userId).with("amount", amount);
    }

    private static Act act(Kind kind, UUID orderId) {
        return new Act("settle", "order", orderId).with("kind", kind.wireName());
    }
}
