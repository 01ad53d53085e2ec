package dev.holdfast.payment.adjustment;

import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.rest.Problem;

/** What came of proposing, approving or rejecting an adjustment. */
public sealed interface AdjustmentResult {
    /**
     * It is as it was asked for.
     *
     * @param replayed whether an earlier request had made it so
     */
    record Done(Adjustment adjustment, boolean replayed) implements AdjustmentResult {}

    enum NotDone implements AdjustmentResult {
        ACCOUNT_NOT_FOUND("account_not_found"),
        ACCOUNT_CLOSED(AccountRefusals.CLOSED),
        /** The idempotency key was used for another proposal of this user, or by another operator. */
        KEY_REUSED(Problem.IDEMPOTENCY_KEY_REUSED),
        NOT_FOUND("adjustment_not_found"),
        /** Whoever proposes it cannot approve it. */
        NEEDS_ANOTHER_OPERATOR("adjustment_needs_another_operator"),
        ALREADY_APPROVED("adjustment_approved"),
        ALREADY_REJECTED("adjustment_rejected"),
        EXPIRED("adjustment_expired"),
        /** A newer version of this service has decided about it. */
        OF_NEWER_VERSION("adjustment_unknown"),
        /** The account would have less than holds reserve. */
        BELOW_HELD("adjustment_exceeds_available"),
        /** The balance would have more than 16 digits before the point. */
        OVER_LIMIT("balance_limit_exceeded"),
        /** With it the transfers would not sum up to the balance. */
        DOES_NOT_BALANCE("adjustment_does_not_balance");

        private final String code;

        NotDone(String code) {
            this.code = code;
        }

        /** The stable name on the wire. */
        String code() {
            return code;
        }
    }
}
