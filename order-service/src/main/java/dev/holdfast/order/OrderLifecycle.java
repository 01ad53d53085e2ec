package dev.holdfast.order;

/**
 * The life of an order, as a table: what may happen in each state, and what follows. Whatever ends an order reads it here; a
 * test holds the database's constraints against it.
 *
 * <pre>
 *         PAYMENT_SUCCEEDED ──► FINISHED
 *  NEW ──┤
 *         PAYMENT_FAILED ─────► CANCELLED (its hold is released; a payment that succeeds all the same is refunded)
 * </pre>
 */
public final class OrderLifecycle {
    /** What happens to an order that was placed. */
    public enum Trigger {
        PAYMENT_SUCCEEDED,
        PAYMENT_FAILED
    }

    /** What follows. */
    public enum Step {
        /** It is paid, and becomes FINISHED. */
        FINISH,
        /** It is not paid, becomes CANCELLED, and its hold is released. */
        CANCEL,
        /** It was cancelled before, and stays so: the money is given back. */
        REFUND,
        /** It is terminal, and stays as it is: results may come twice, and in any order. */
        IGNORE
    }

    private OrderLifecycle() {}

    public static Step on(OrderStatus status, Trigger trigger) {
        return switch (status) {
            case NEW ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED -> Step.FINISH;
                    case PAYMENT_FAILED -> Step.CANCEL;
                };
            case FINISHED ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED, PAYMENT_FAILED -> Step.IGNORE;
                };
            case CANCELLED ->
                switch (trigger) {
                    case PAYMENT_SUCCEEDED -> Step.REFUND;
                    case PAYMENT_FAILED -> Step.IGNORE;
                };
        };
    }
}
