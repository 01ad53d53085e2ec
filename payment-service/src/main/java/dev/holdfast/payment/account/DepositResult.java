package dev.holdfast.payment.account;

/** What came of a deposit. */
public sealed interface DepositResult {
    /**
     * The money is on the account.
     *
     * @param account the account right after the deposit, as JSON: a replay is byte for byte the first answer
     * @param replayed whether it was deposited by an earlier request of the same idempotency key
     */
    record Deposited(String account, boolean replayed) implements DepositResult {}

    record AccountNotFound() implements DepositResult {}

    /** The balance would have more than 16 digits before the point. */
    record OverLimit() implements DepositResult {}

    /** A request of the same idempotency key is still running. */
    record KeyInProgress() implements DepositResult {}

    /** The idempotency key was used for another amount. */
    record KeyReused() implements DepositResult {}
}
