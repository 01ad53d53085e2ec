package dev.holdfast.payment.hold;

/** What became of a hold. */
public enum HoldStatus {
    /** It reserves its amount, until it expires. */
    HELD,
    /** Its amount was taken for good. */
    CAPTURED,
    /** It was given up; it can be neither captured nor taken again. */
    RELEASED,
    /** Its time was over and its amount freed; it can be taken anew while there is money. */
    EXPIRED
}
