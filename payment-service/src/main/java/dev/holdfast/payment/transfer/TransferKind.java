package dev.holdfast.payment.transfer;

import java.util.Arrays;

/** Why money moved. */
public enum TransferKind {
    /** From outside onto an account. */
    DEPOSIT,
    /** From an account back to outside. */
    WITHDRAWAL,
    /** From an account to the shop, for an order. */
    CAPTURE,
    /** From the shop back to the account: a part of what was captured for an order, or all of it. */
    REFUND,
    /** A correction by two operators, from outside onto an account or back. */
    ADJUSTMENT,
    /** A newer version of this service wrote something else. */
    UNKNOWN;

    /** Never fails, whatever stands in the database. */
    public static TransferKind of(String stored) {
        return Arrays.stream(values())
                .filter(kind -> kind.name().equals(stored))
                .findFirst()
                .orElse(UNKNOWN);
    }
}
