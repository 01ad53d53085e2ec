package dev.holdfast.payment.hold;

import org.jspecify.annotations.Nullable;

/** What came of giving a hold up. */
public enum ReleaseResult {
    /** Its money is free: now, or since an earlier request or its expiry. */
    RELEASED(null),
    /** The user has no hold for this order. */
    NOT_FOUND("hold_not_found"),
    ALREADY_CAPTURED("hold_captured"),
    /** A newer version of this service wrote what is there; a replica of that version can answer. */
    OF_NEWER_VERSION(null);

    private final @Nullable String refusal;

    ReleaseResult(@Nullable String refusal) {
        this.refusal = refusal;
    }

    /** The stable name on the wire of a refusal, null where it is none. */
    @Nullable
    String refusal() {
        return refusal;
    }
}
