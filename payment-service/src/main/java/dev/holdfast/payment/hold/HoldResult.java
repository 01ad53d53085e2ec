package dev.holdfast.payment.hold;

import java.time.Instant;

/** What came of asking for a hold. */
public sealed interface HoldResult {
    /** The money is reserved: now, or by an earlier request for the same. */
    record Held(Instant expiresAt) implements HoldResult {}

    /** The account has less money free than was asked for. */
    record InsufficientFunds() implements HoldResult {}

    record AccountNotFound() implements HoldResult {}

    /** The order has a hold of another amount or user. */
    record OtherHold() implements HoldResult {}

    record AlreadyCaptured() implements HoldResult {}

    record AlreadyReleased() implements HoldResult {}

    /** A newer version of this service wrote what is there; a replica of that version can answer. */
    record OfNewerVersion() implements HoldResult {}
}
