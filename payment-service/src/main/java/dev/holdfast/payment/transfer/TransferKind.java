package dev.holdfast.payment.transfer;

/** Why money moved. */
public enum TransferKind {
    /** From outside onto an account. */
    DEPOSIT,
    /** From an account to the shop, for an order. */
    CAPTURE,
    /** From the shop back to the account, for an order that was captured but then cancelled. */
    REFUND
}
