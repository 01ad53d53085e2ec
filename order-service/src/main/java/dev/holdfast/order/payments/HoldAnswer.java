package dev.holdfast.order.payments;

/** What payments said to a hold. */
public sealed interface HoldAnswer {
    /** The money is reserved for this order. */
    record Held() implements HoldAnswer {}

    /** Somebody keeps the account locked. Nothing was reserved, and it is not known yet whether it could be. */
    record AccountBusy() implements HoldAnswer {}

    /** This call has reserved nothing; an earlier one, whose answer was lost, may do so yet. */
    record Unclear() implements HoldAnswer {}

    /** Nothing was reserved by this call. */
    sealed interface Refused extends HoldAnswer {
        /** Whether there can be no hold for this order of this id any more. */
        default boolean isFinal() {
            return this instanceof Released || this instanceof Captured || this instanceof Conflict;
        }

        /** Whether another order id of the same request may get a hold. */
        default boolean blocksOnlyTheId() {
            return this instanceof Released || this instanceof Conflict;
        }
    }

    record InsufficientFunds() implements Refused {}

    record AccountNotFound() implements Refused {}

    /** An operator lets nothing be ordered from the account. */
    record AccountFrozen() implements Refused {}

    record AccountClosed() implements Refused {}

    /** There was a hold of this order id, and it was released: the id is used up. */
    record Released() implements Refused {}

    /** The hold of this order id was charged already. */
    record Captured() implements Refused {}

    /** There is a hold of this order id for another amount or user. */
    record Conflict() implements Refused {}

    /** A newer version of payments refused it for a reason that this one does not know. */
    record Otherwise(String code) implements Refused {}

    /**
     * What an answer by this code says.
     *
     * @param sentBefore whether an earlier call may still arrive. It finds what was decided about the id, but the account may
     *     have the money by then
     */
    static HoldAnswer named(String code, boolean sentBefore) {
        HoldAnswer answer = named(code);
        return sentBefore && !(answer instanceof Refused refused && refused.isFinal()) ? new Unclear() : answer;
    }

    private static HoldAnswer named(String code) {
        return switch (code) {
            case "insufficient_funds" -> new InsufficientFunds();
            case "account_not_found" -> new AccountNotFound();
            case "account_frozen" -> new AccountFrozen();
            case "account_closed" -> new AccountClosed();
            case "account_busy" -> new AccountBusy();
            case "hold_released" -> new Released();
            case "hold_captured" -> new Captured();
            case "hold_conflict" -> new Conflict();
            default -> new Otherwise(code);
        };
    }
}
