package dev.holdfast.payment.capture;

import java.math.BigDecimal;
import java.util.UUID;

/** An account whose row this transaction has locked: nobody else changes it or its holds. */
record LockedAccount(UUID userId, BigDecimal balance, BigDecimal held) {
    BigDecimal available() {
        return balance.subtract(held);
    }

    /** @param reserved what the hold reserved: the amount, or more of which the rest is free then */
    LockedAccount captureReserved(BigDecimal amount, BigDecimal reserved) {
        return new LockedAccount(userId, balance.subtract(amount), held.subtract(reserved));
    }

    LockedAccount captureAvailable(BigDecimal amount) {
        return new LockedAccount(userId, balance.subtract(amount), held);
    }
}
