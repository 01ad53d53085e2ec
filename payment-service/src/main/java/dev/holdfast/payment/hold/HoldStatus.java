package dev.holdfast.payment.hold;

import java.util.Arrays;

/** What became of a hold. */
public enum HoldStatus {
    /** It reserves its amount, until it expires. */
    HELD,
    /** Its amount was taken for good. */
    CAPTURED,
    /** It was given up; it can be neither captured nor taken again. */
    RELEASED,
    /** Its time was over and its amount freed; it can be taken anew while there is money. */
    EXPIRED,
    /** A newer version of this service wrote something else: it can be shown, and only that version can decide about it. */
    UNKNOWN;

    /** Never fails, whatever stands in the database. */
    public static HoldStatus of(String stored) {
        return Arrays.stream(values())
                .filter(status -> status.name().equals(stored))
                .findFirst()
                .orElse(UNKNOWN);
    }
}
