package dev.holdfast.payment.account;

import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.rest.Problem;

/** What came of a deposit or a withdrawal. */
public sealed interface MoveResult {
    /**
     * The money is moved.
     *
     * @param account the account right after the move, as JSON: a replay is byte for byte the first answer
     * @param replayed whether it was moved by an earlier request of the same idempotency key
     */
    record Moved(String account, boolean replayed) implements MoveResult {}

    enum NotMoved implements MoveResult {
        ACCOUNT_NOT_FOUND("account_not_found"),
        /** A withdrawal of more than is available, also counting what expired holds still reserve. */
        INSUFFICIENT_FUNDS("insufficient_funds"),
        /** After the deposit the balance would have more than 16 digits before the point. */
        OVER_LIMIT("balance_limit_exceeded"),
        /** Nothing is withdrawn from it while it is frozen. */
        ACCOUNT_FROZEN(AccountRefusals.FROZEN),
        ACCOUNT_CLOSED(AccountRefusals.CLOSED),
        /** A request of the same idempotency key is still running. */
        KEY_IN_PROGRESS(Problem.IDEMPOTENCY_IN_PROGRESS),
        /** The idempotency key was used for another amount, or for the other act. */
        KEY_REUSED(Problem.IDEMPOTENCY_KEY_REUSED);

        private final String code;

        NotMoved(String code) {
            this.code = code;
        }

        /** The stable name on the wire. */
        String code() {
            return code;
        }
    }
}
