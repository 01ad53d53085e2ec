package dev.holdfast.order.payments;

/** What payments said to a hold. */
public sealed interface HoldAnswer {
    /** The money is reserved for this order. */
    record Held() implements HoldAnswer {}

    /** Nothing was reserved by this call. */
    sealed interface Refused extends HoldAnswer {}

    record InsufficientFunds() implements Refused {}

    record AccountNotFound() implements Refused {}

    /** There was a hold of this order id, and it was released: the id is used up. */
    record Released() implements Refused {}

    /** The hold of this order id was charged already. */
    record Captured() implements Refused {}

    /** There is a hold of this order id for another amount or user. */
    record Conflict() implements Refused {}

    /** Payments knows better what is wrong with the user, for example that the id is one of its own accounts. */
    record InvalidUser(String message) implements Refused {}
}
