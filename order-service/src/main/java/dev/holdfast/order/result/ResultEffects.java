package dev.holdfast.order.result;

import dev.holdfast.delivery.PoisonEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.OrderLifecycle;
import dev.holdfast.order.OrderLifecycle.Trigger;
import dev.holdfast.order.OrderStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What a batch of results changes. Several results of one order see each other's effect, in the order they came.
 *
 * @param leftOut the ids of results whose orders have a status of a newer version, whose replicas know what they mean
 */
record ResultEffects(
        List<LockedOrder> finished,
        Map<CancelReason, List<LockedOrder>> cancelled,
        List<LockedOrder> refunded,
        List<PaymentEvent> ignored,
        Set<UUID> leftOut) {

    /**
     * Decides on each result.
     *
     * @param orders those of the results that exist
     * @throws PoisonEventException when one of them can never be applied
     */
    static ResultEffects of(List<? extends PaymentEvent> results, List<LockedOrder> orders) {
        Map<UUID, LockedOrder> current = HashMap.newHashMap(orders.size());
        orders.forEach(order -> current.put(order.id(), order));
        ResultEffects effects = new ResultEffects(
                new ArrayList<>(),
                new EnumMap<>(CancelReason.class),
                new ArrayList<>(),
                new ArrayList<>(),
                new HashSet<>());
        for (PaymentEvent result : results) {
            LockedOrder order = current.get(result.orderId());
            if (order == null) {
                throw new PoisonEventException("there is no order " + result.orderId());
            }
            refuseOtherUserOrAmount(result, order);
            current.put(order.id(), effects.add(result, order));
        }
        return effects;
    }

    /**
     * To finish the order would give goods for money that is not proven to be theirs, to cancel it would give up money on the
     * word of a broken message. It stays as it is until a person has looked at the dead letter.
     */
    private static void refuseOtherUserOrAmount(PaymentEvent result, LockedOrder order) {
        if (!order.userId().equals(result.userId())) {
            throw new PoisonEventException("order " + order.id() + " is not of user " + result.userId());
        }
        if (order.amount().compareTo(result.amount()) != 0) {
            throw new PoisonEventException(
                    "order " + order.id() + " is of " + order.amount() + ", not of " + result.amount());
        }
    }

    /** @return the order as it is then */
    private LockedOrder add(PaymentEvent result, LockedOrder order) {
        Trigger trigger = trigger(result);
        OrderStatus status = order.status();
        if (status == null) {
            leftOut.add(result.eventId());
            return order;
        }
        return switch (OrderLifecycle.on(status, trigger)) {
            case FINISH -> {
                finished.add(order);
                yield order.with(OrderStatus.FINISHED);
            }
            case CANCEL -> {
                CancelReason reason = CancelReason.of(((PaymentFailed) result).reason(), order.cancelRequested());
                cancelled.computeIfAbsent(reason, any -> new ArrayList<>()).add(order);
                yield order.with(OrderStatus.CANCELLED);
            }
            case REFUND -> {
                refunded.add(order);
                yield order;
            }
            case IGNORE -> {
                ignored.add(result);
                yield order;
            }
            case REFUSE, REQUEST_PAYMENT -> throw new IllegalStateException("No result comes to that");
        };
    }

    private static Trigger trigger(PaymentEvent result) {
        return switch (result) {
            case PaymentSucceeded succeeded -> Trigger.PAYMENT_SUCCEEDED;
            case PaymentFailed failed -> Trigger.PAYMENT_FAILED;
            case PaymentRequested request ->
                throw new PoisonEventException(PaymentRequested.TYPE + " is no result of a payment");
        };
    }

    /** Whether a hold is to be released or a charge to be refunded. */
    boolean givesMoneyBack() {
        return !cancelled.isEmpty() || !refunded.isEmpty();
    }
}
