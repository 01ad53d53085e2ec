package dev.holdfast.payment.capture;

import java.math.BigDecimal;
import java.util.UUID;

/** An account whose row this transaction has locked: nobody else changes it or its holds. */
record LockedAccount(UUID userId, BigDecimal balance, BigDecimal held) {
    BigDecimal available() {
        return balance.subtract(held);
    }

    LockedAccount captureReserved(BigDecimal amount) {
        return new LockedAccount(userId, balance.subtract(amount), held.subtract(amount));
    }

    LockedAccount captureAvailable(BigDecimal amount) {
        return new LockedAccount(userId, balance.subtract(amount), held);
    }
}
