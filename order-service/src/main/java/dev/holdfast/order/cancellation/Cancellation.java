package dev.holdfast.order.cancellation;

import dev.holdfast.order.Order;
import java.util.Locale;

/** What is known of a request to cancel an order. */
sealed interface Cancellation {
    /** It can be cancelled if payments lets it be. */
    record Requested(Order order) implements Cancellation {}

    /** What came of it. */
    sealed interface Outcome extends Cancellation {}

    /**
     * It is cancelled.
     *
     * @param byThis whether by this request; else it was before, or its payment failed meanwhile
     */
    record Cancelled(Order order, boolean byThis) implements Outcome {}

    enum NotCancelled implements Outcome {
        /** The user has no such order. */
        ORDER_NOT_FOUND,
        /** Its money is captured, though the order may not say so yet. */
        ORDER_FINISHED,
        /** Payments gave no answer. Should the request have arrived there, the order is going to be cancelled. */
        PAYMENTS_UNAVAILABLE,
        /** A newer version of this service has stored its status; a replica of that version can answer. */
        OF_NEWER_VERSION;

        /** The stable name on the wire. */
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
