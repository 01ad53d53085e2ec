package dev.holdfast.payment.hold;

/** What came of giving a hold up. */
public enum ReleaseResult {
    /** Its money is free: now, or since an earlier request or its expiry. */
    RELEASED,
    /** The user has no hold for this order. */
    NOT_FOUND,
    ALREADY_CAPTURED,
    /** A newer version of this service wrote what is there; a replica of that version can answer. */
    OF_NEWER_VERSION
}
