package dev.holdfast.payment.adjustment;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What has become of a proposal. All but PENDING are ends. */
@Schema(name = "AdjustmentStatus")
public enum AdjustmentStatus {
    PENDING,
    /** Its transfer is booked. */
    APPROVED,
    REJECTED,
    /** Nobody has decided in time. Not stored: a PENDING one whose time is over. */
    EXPIRED,
    /** What a newer version wrote. */
    UNKNOWN;

    static AdjustmentStatus read(String stored, boolean overdue) {
        return switch (stored) {
            case "PENDING" -> overdue ? EXPIRED : PENDING;
            case "APPROVED" -> APPROVED;
            case "REJECTED" -> REJECTED;
            default -> UNKNOWN;
        };
    }
}
