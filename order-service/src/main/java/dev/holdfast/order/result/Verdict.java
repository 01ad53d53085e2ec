package dev.holdfast.order.result;

import dev.holdfast.delivery.PoisonEventException;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.order.OrderStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a batch of results changes. Several results of one order see each other's effect, in the order they came. */
record Verdict(
        List<LockedOrder> finished,
        Map<FailureReason, List<LockedOrder>> cancelled,
        List<LockedOrder> refunded,
        List<PaymentEvent> ignored,
        Set<UUID> leftOut) {

    /**
     * Decides on each result.
     *
     * @param orders those of the results that exist
     * @throws PoisonEventException when one of them can never be applied
     */
    static Verdict on(List<? extends PaymentEvent> results, List<LockedOrder> orders) {
        Map<UUID, LockedOrder> current = HashMap.newHashMap(orders.size());
        orders.forEach(order -> current.put(order.id(), order));
        Verdict verdict = new Verdict(
                new ArrayList<>(),
                new EnumMap<>(FailureReason.class),
                new ArrayList<>(),
                new ArrayList<>(),
                new HashSet<>());
        for (PaymentEvent result : results) {
            LockedOrder order = current.get(result.orderId());
            if (order == null) {
                throw new PoisonEventException("there is no order " + result.orderId());
            }
            switch (Decision.on(result, order)) {
                case Decision.Finish finish -> {
                    verdict.finished.add(order);
                    current.put(order.id(), order.with(OrderStatus.FINISHED));
                }
                case Decision.Cancel(FailureReason reason) -> {
                    verdict.cancelled
                            .computeIfAbsent(reason, any -> new ArrayList<>())
                            .add(order);
                    current.put(order.id(), order.with(OrderStatus.CANCELLED));
                }
                case Decision.Refund refund -> verdict.refunded.add(order);
                case Decision.Ignore ignore -> verdict.ignored.add(result);
                case Decision.LeaveToNewerVersion leave -> verdict.leftOut.add(result.eventId());
                case Decision.Refuse(String reason) -> throw new PoisonEventException(reason);
            }
        }
        return verdict;
    }

    /** Whether a hold is to be released or a charge to be refunded. */
    boolean givesMoneyBack() {
        return !cancelled.isEmpty() || !refunded.isEmpty();
    }
}
