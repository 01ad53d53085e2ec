package dev.holdfast.order;

import dev.holdfast.event.FailureReason;
import java.util.Locale;

/** Why an order was cancelled. The names are stable: they are stored, shown and tags of metrics. */
public enum CancelReason {
    /** Somebody asked for it, before the money was captured. */
    CANCELLED_BY_REQUEST,
    /** Nobody asked to capture it in its time. */
    HOLD_EXPIRED,
    /** The hold had expired, and the money was no longer there. */
    INSUFFICIENT_FUNDS,
    /** The hold was released, and not because somebody asked to cancel the order. */
    HOLD_RELEASED,
    HOLD_NOT_FOUND,
    /** The hold is of another amount or user than the order. */
    HOLD_MISMATCH,
    /** Payments gave a reason that this version does not know. */
    UNKNOWN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Of an order whose payment failed.
     *
     * @param cancelRequested whether somebody asked to cancel it; then its hold was released for that
     */
    public static CancelReason of(FailureReason reason, boolean cancelRequested) {
        return switch (reason) {
            case INSUFFICIENT_FUNDS -> INSUFFICIENT_FUNDS;
            case HOLD_RELEASED -> cancelRequested ? CANCELLED_BY_REQUEST : HOLD_RELEASED;
            case HOLD_NOT_FOUND -> HOLD_NOT_FOUND;
            case HOLD_MISMATCH -> HOLD_MISMATCH;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
