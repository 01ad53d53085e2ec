package dev.holdfast.payment.account;

import dev.holdfast.rest.Problem;

/** What came of a deposit. */
public sealed interface DepositResult {
    /**
     * The money is on the account.
     *
     * @param account the account right after the deposit, as JSON: a replay is byte for byte the first answer
     * @param replayed whether it was deposited by an earlier request of the same idempotency key
     */
    record Deposited(String account, boolean replayed) implements DepositResult {}

    enum NotDeposited implements DepositResult {
        ACCOUNT_NOT_FOUND("account_not_found"),
        /** The balance would have more than 16 digits before the point. */
        OVER_LIMIT("balance_limit_exceeded"),
        /** A request of the same idempotency key is still running. */
        KEY_IN_PROGRESS(Problem.IDEMPOTENCY_IN_PROGRESS),
        /** The idempotency key was used for another amount. */
        KEY_REUSED(Problem.IDEMPOTENCY_KEY_REUSED);

        private final String code;

        NotDeposited(String code) {
            this.code = code;
        }

        /** The stable name on the wire. */
        String code() {
            return code;
        }
    }
}
