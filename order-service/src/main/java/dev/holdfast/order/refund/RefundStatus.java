package dev.holdfast.order.refund;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The states of a refund. */
@Schema(name = "RefundStatus")
enum RefundStatus {
    /** Payments has not confirmed it yet, and is asked until it does. */
    PENDING,
    /** The money is back on the account. */
    DONE
}
