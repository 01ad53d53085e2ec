package dev.holdfast.order.payments;

/** What payments said to a hold. */
public sealed interface HoldAnswer {
    /** The money is reserved for this order. */
    record Held() implements HoldAnswer {}

    /** Somebody keeps the account locked. Nothing was reserved, and it is not known yet whether it could be. */
    record AccountBusy() implements HoldAnswer {}

    /** Nothing was reserved by this call. */
    sealed interface Refused extends HoldAnswer {
        /** Whether another order id of the same request may get a hold. */
        default boolean blocksOnlyTheId() {
            return this instanceof Released || this instanceof Conflict;
        }
    }

    record InsufficientFunds() implements Refused {}

    record AccountNotFound() implements Refused {}

    /** There was a hold of this order id, and it was released: the id is used up. */
    record Released() implements Refused {}

    /** The hold of this order id was charged already. */
    record Captured() implements Refused {}

    /** There is a hold of this order id for another amount or user. */
    record Conflict() implements Refused {}

    /** A newer version of payments refused it for a reason that this one does not know. */
    record Otherwise(String code) implements Refused {}

    /** The answer that payments gives by this code. */
    static HoldAnswer named(String code) {
        return switch (code) {
            case "insufficient_funds" -> new InsufficientFunds();
            case "account_not_found" -> new AccountNotFound();
            case "account_busy" -> new AccountBusy();
            case "hold_released" -> new Released();
            case "hold_captured" -> new Captured();
            case "hold_conflict" -> new Conflict();
            default -> new Otherwise(code);
        };
    }
}
