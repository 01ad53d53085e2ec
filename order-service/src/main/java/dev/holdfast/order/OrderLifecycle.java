package dev.holdfast.order;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The life of an order, as a table: what may happen in each state, and what follows. Whatever ends an order reads it here; a
 * test holds the database's constraints against it.
 *
 * <pre>
 *             CAPTURE_REQUESTED ──► NEW, and its payment is requested
 *  AUTHORIZED AUTHORIZATION_EXPIRED, CANCEL_REQUESTED ──► CANCELLED (once payments has released its hold)
 *
 *         PAYMENT_SUCCEEDED ──► FINISHED  (to cancel it is refused; on request its money is refunded, in parts or whole)
 *  NEW ──┤
 *         PAYMENT_FAILED ─────► CANCELLED (its hold is released; a payment that succeeds all the same is refunded)
 *         CANCEL_REQUESTED ───► CANCELLED (once payments has released its hold; refused where it was captured before)
 * </pre>
 */
public final class OrderLifecycle {
    /** What happens to an order that was placed. */
    public enum Trigger {
        PAYMENT_SUCCEEDED,
        PAYMENT_FAILED,
        /** Somebody asks to cancel it. */
        CANCEL_REQUESTED,
        /** Somebody asks to capture it, or a part of it. */
        CAPTURE_REQUESTED,
        /** The time is over in which it could be captured. */
        AUTHORIZATION_EXPIRED,
        /** Somebody asks to give back what was captured, or a part of it. */
        REFUND_REQUESTED
    }

    /** What follows. */
    public enum Step {
        /** It becomes NEW, and payments is asked to capture its money. */
        REQUEST_PAYMENT,
        /** It is paid, and becomes FINISHED. */
        FINISH,
        /** It is not paid, becomes CANCELLED, and its hold is released: after a failed payment afterwards, else before. */
        CANCEL,
        /** Its captured money is given back: all of it where it was cancelled before, else what is asked for. It stays as it is. */
        REFUND,
        /** It is terminal, and stays as it is: results and requests may come twice, and in any order. */
        IGNORE,
        /** What is asked for is not possible in its state, and it stays as it is: whoever asks is told. */
        REFUSE
    }

    private OrderLifecycle() {}

    public static Step on(OrderStatus status, Trigger trigger) {
        return switch (status) {
            case AUTHORIZED ->
                switch (trigger) {
                    case CAPTURE_REQUESTED -> Step.REQUEST_PAYMENT;
                    case CANCEL_REQUESTED, AUTHORIZATION_EXPIRED -> Step.CANCEL;
                    case REFUND_REQUESTED -> Step.REFUSE;
                    // Of a request that was lost with a backup of this service.
                    case PAYMENT_SUCCEEDED -> Step.FINISH;
                    case PAYMENT_FAILED -> Step.CANCEL;
                };
            case NEW ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED -> Step.FINISH;
                    case PAYMENT_FAILED, CANCEL_REQUESTED -> Step.CANCEL;
                    case REFUND_REQUESTED, CAPTURE_REQUESTED -> Step.REFUSE;
                    case AUTHORIZATION_EXPIRED -> Step.IGNORE;
                };
            case FINISHED ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED, PAYMENT_FAILED, AUTHORIZATION_EXPIRED -> Step.IGNORE;
                    case CANCEL_REQUESTED, CAPTURE_REQUESTED -> Step.REFUSE;
                    case REFUND_REQUESTED -> Step.REFUND;
                };
            case CANCELLED ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED -> Step.REFUND;
                    case PAYMENT_FAILED, CANCEL_REQUESTED, AUTHORIZATION_EXPIRED -> Step.IGNORE;
                    case REFUND_REQUESTED, CAPTURE_REQUESTED -> Step.REFUSE;
                };
        };
    }

    /** The states in which that follows. */
    public static Set<OrderStatus> states(Trigger trigger, Step step) {
        Set<OrderStatus> states = EnumSet.noneOf(OrderStatus.class);
        Arrays.stream(OrderStatus.values())
                .filter(status -> on(status, trigger) == step)
                .forEach(states::add);
        return states;
    }
}
