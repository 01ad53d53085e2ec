package dev.holdfast.event;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a payment failed. */
public enum FailureReason {
    /** The hold had expired, and the money is no longer available. */
    @JsonProperty("insufficient_funds")
    INSUFFICIENT_FUNDS,
    /** The hold was released before it could be captured. */
    @JsonProperty("hold_released")
    HOLD_RELEASED,
    /** No hold was ever taken for the order. */
    @JsonProperty("hold_not_found")
    HOLD_NOT_FOUND,
    /** The hold is of another amount or another user than the request. */
    @JsonProperty("hold_mismatch")
    HOLD_MISMATCH,
    /** A reason that this version does not know yet. */
    @JsonEnumDefaultValue
    @JsonProperty("unknown")
    UNKNOWN;

    /** The stable name on the wire, in the database and in the order's {@code reason}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
