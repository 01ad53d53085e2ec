package dev.holdfast.payment.capture;

import dev.holdfast.payment.chain.ChainHead;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account whose row this transaction has locked: nobody else changes it or its holds.
 *
 * @param chain with the captures of the batch so far; null where the account's transfers are not numbered yet
 */
record LockedAccount(
        UUID userId,
        BigDecimal balance,
        BigDecimal held,
        @Nullable ChainHead chain) {
    BigDecimal available() {
        return balance.subtract(held);
    }

    /** @param reserved what the hold reserved: the amount, or more of which the rest is free then */
    LockedAccount captureReserved(BigDecimal amount, BigDecimal reserved) {
        return new LockedAccount(userId, balance.subtract(amount), held.subtract(reserved), chain);
    }

    LockedAccount captureAvailable(BigDecimal amount) {
        return new LockedAccount(userId, balance.subtract(amount), held, chain);
    }

    LockedAccount chained(@Nullable ChainHead next) {
        return new LockedAccount(userId, balance, held, next);
    }
}
