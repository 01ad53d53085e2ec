package dev.holdfast.order.authorization;

import dev.holdfast.order.Order;
import dev.holdfast.rest.Problem;
import java.util.Locale;

/** What came of a request to capture. */
sealed interface CaptureResult {
    /**
     * Payments is asked to capture it.
     *
     * @param replayed whether an earlier request with the same key asked for it
     */
    record Requested(Order order, boolean replayed) implements CaptureResult {}

    enum NotRequested implements CaptureResult {
        /** The user has no such order. */
        ORDER_NOT_FOUND,
        /** It was captured, cancelled, or is charged without being asked for; or its time is over. */
        ORDER_NOT_AUTHORIZED,
        /** More than is held. */
        CAPTURE_EXCEEDS_HELD,
        /** The key was used to capture another amount of this order. */
        KEY_REUSED;

        /** The stable name on the wire. */
        String code() {
            return this == KEY_REUSED ? Problem.IDEMPOTENCY_KEY_REUSED : name().toLowerCase(Locale.ROOT);
        }
    }
}
