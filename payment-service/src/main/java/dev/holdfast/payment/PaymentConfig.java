package dev.holdfast.payment;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long money stays reserved, and how soon it is freed. */
@ConfigMapping(prefix = "holdfast.payments")
public interface PaymentConfig {
    /** How long a hold lasts for which no {@code expires_in_seconds} was asked: longer than any payment takes. */
    @WithDefault("120s")
    Duration holdExpiry();

    Sweep sweep();

    Idempotency idempotency();

    interface Sweep {
        /** The pause between two sweeps, and so the longest time that an expired hold still counts in {@code held}. */
        @WithDefault("2s")
        Duration interval();

        /** Holds freed by one transaction at most: their accounts are locked that long. */
        @WithDefault("500")
        int batchSize();
    }

    interface Idempotency {
        /** How long the answer to an idempotency key is replayed; the contract promises 7 days. */
        @WithDefault("8d")
        Duration retention();

        /** The pause between two removals of old keys. */
        @WithDefault("10m")
        Duration cleanInterval();

        /** Keys removed by one statement at most. */
        @WithDefault("1000")
        int cleanBatchSize();
    }
}
