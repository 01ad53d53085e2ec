package dev.holdfast.order.refund;

import dev.holdfast.rest.Problem;
import java.util.Locale;

/** What came of a request to refund. */
sealed interface RefundResult {
    /**
     * It is given back, or is going to be.
     *
     * @param replayed whether an earlier request with the same key asked for it
     */
    record Refunded(OrderRefund refund, boolean replayed) implements RefundResult {}

    enum NotRefunded implements RefundResult {
        /** The user has no such order. */
        ORDER_NOT_FOUND,
        /** Nothing of it was captured that could be given back: it is not FINISHED. */
        ORDER_NOT_FINISHED,
        /** Less is left of what was captured, or nothing. */
        REFUND_EXCEEDS_CAPTURED,
        /** The key was used for another refund of this order. */
        KEY_REUSED;

        /** The stable name on the wire. */
        String code() {
            return this == KEY_REUSED ? Problem.IDEMPOTENCY_KEY_REUSED : name().toLowerCase(Locale.ROOT);
        }
    }
}
