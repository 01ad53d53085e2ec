package dev.holdfast.payment.hold;

import java.util.Locale;

/** What came of one of many holds that were asked for together. */
enum JointOutcome {
    /** The money is reserved: now, or by an earlier request for the same. */
    HELD,
    /** The account has less money free, also counting what expired holds still reserve. */
    INSUFFICIENT_FUNDS,
    ACCOUNT_NOT_FOUND,
    /** The order has a hold of another amount or user. */
    HOLD_CONFLICT,
    HOLD_CAPTURED,
    HOLD_RELEASED,
    /** Somebody has locked the account: nothing was done, and nothing is known. */
    ACCOUNT_BUSY,
    /** Nothing was done; the call for a single hold tells. */
    UNDECIDED;

    /** The stable name on the wire; those of refusals are the codes of the call for a single hold. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
