package dev.holdfast.order.reconciliation;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.delivery.OutboxMessage;
import dev.holdfast.delivery.TraceContext;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.HoldRequest;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsReconciliation;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Charges orders that are FINISHED and whose capture payments has forgotten, as they were charged before: held first, so that
 * it is known whether the money is there, then requested. The order stays FINISHED whatever payments answers.
 */
@ApplicationScoped
class SettlingCharges {
    private final OrderFactsReader orders;
    private final PaymentsReconciliation reconciliation;
    private final Payments payments;
    private final Outbox outbox;
    private final Audit audit;
    private final Clock clock;

    SettlingCharges(
            OrderFactsReader orders,
            PaymentsReconciliation reconciliation,
            Payments payments,
            Outbox outbox,
            Audit audit,
            Clock clock) {
        this.orders = orders;
        this.reconciliation = reconciliation;
        this.payments = payments;
        this.outbox = outbox;
        this.audit = audit;
        this.clock = clock;
    }

    /** @return those that stay as they are, and why */
    Map<UUID, String> settle(List<UUID> orderIds, Acting by) {
        Map<UUID, String> refused = new HashMap<>();
        orderIds.forEach(orderId -> refused.put(orderId, Settlements.NOTHING_TO_SETTLE));
        List<OrderFacts> held = new ArrayList<>();
        List<OrderFacts> unpaid = unpaid(orderIds);
        Map<UUID, HoldAnswer> answers = hold(unpaid);
        for (OrderFacts order : unpaid) {
            String refusal = refusal(answers.get(order.id()));
            if (refusal == null) {
                held.add(order);
                refused.remove(order.id());
            } else {
                refused.put(order.id(), refusal);
            }
        }
        QuarkusTransaction.requiringNew().run(() -> request(held, by));
        return refused;
    }

    private List<OrderFacts> unpaid(List<UUID> orderIds) {
        Set<UUID> captured = reconciliation.orders(orderIds).stream()
                .filter(money -> money.captured() != null)
                .map(OrderMoney::orderId)
                .collect(Collectors.toSet());
        return orders.byId(orderIds, orders.unsent()).stream()
                .filter(order -> order.status() == OrderStatus.FINISHED && !captured.contains(order.id()))
                .toList();
    }

    private Map<UUID, HoldAnswer> hold(List<OrderFacts> unpaid) {
        return unpaid.isEmpty()
                ? Map.of()
                : payments.hold(
                                unpaid.stream()
                                        .map(order -> new HoldRequest(order.id(), order.userId(), order.amount()))
                                        .toList(),
                                TraceContext.of(unpaid.getFirst().id()))
                        .await()
                        .indefinitely();
    }

    private void request(List<OrderFacts> held, Acting by) {
        Instant now = clock.instant();
        outbox.append(OutboxMessage.of(held.stream()
                .map(order -> new PaymentRequested(
                        UuidCreator.getTimeOrderedEpoch(), order.id(), order.userId(), order.toCapture(), now))
                .toList()));
        for (OrderFacts order : held) {
            audit.done(
                    by, Settlements.act(Kind.FINISHED_WITHOUT_CAPTURE, order.id(), order.userId(), order.toCapture()));
        }
    }

    /** Null where the money is held. */
    private static @Nullable String refusal(@Nullable HoldAnswer answer) {
        return switch (answer) {
            case HoldAnswer.Held held -> null;
            case HoldAnswer.InsufficientFunds funds -> "insufficient_funds";
            case HoldAnswer.AccountNotFound account -> "account_not_found";
            case HoldAnswer.AccountFrozen frozen -> "account_frozen";
            case HoldAnswer.AccountClosed closed -> "account_closed";
            case HoldAnswer.Released released -> "hold_released";
            case HoldAnswer.Captured captured -> "hold_captured";
            case HoldAnswer.Conflict conflict -> "hold_conflict";
            case HoldAnswer.Otherwise otherwise -> "hold_refused";
            case HoldAnswer.AccountBusy busy -> "account_busy";
            case HoldAnswer.Unclear unclear -> "payments_unavailable";
            case null -> "payments_unavailable";
        };
    }
}
