package dev.holdfast.payment;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long money stays reserved, and how soon it is freed. */
@ConfigMapping(prefix = "holdfast.payments")
public interface PaymentConfig {
    /** How long a hold lasts for which no {@code expires_in_seconds} was asked: longer than any payment takes. */
    @WithDefault("120s")
    Duration holdExpiry();

    Sweep sweep();

    Removal removal();

    Idempotency idempotency();

    Adjustment adjustment();

    Export export();

    interface Sweep {
        /** The pause between two sweeps, and so the longest time that an expired hold still keeps its row; accounts do not show it as held any more. */
        @WithDefault("2s")
        Duration interval();

        /** Holds freed by one transaction at most: their accounts are locked that long. */
        @WithDefault("500")
        int batchSize();
    }

    interface Removal {
        /**
         * How long holds stay after their end, where they are removed at all: longer than any request for their order may
         * be on its way, and than the inbox remembers its events.
         */
        @WithDefault("30d")
        @DurationMin(days = 14)
        Duration retention();

        /** The pause between two removals. */
        @WithDefault("10m")
        Duration interval();

        /** Transfers looked at, or holds removed, by one transaction at most. */
        @WithDefault("1000")
        int batchSize();
    }

    interface Idempotency {
        /** How long the answer to an idempotency key is replayed; the contract promises 7 days. */
        @WithDefault("8d")
        @DurationMin(days = 7)
        Duration retention();

        /** The pause between two removals of old keys. */
        @WithDefault("10m")
        Duration cleanInterval();

        /** Keys removed by one statement at most. */
        @WithDefault("1000")
        int cleanBatchSize();
    }

    interface Adjustment {
        /** How long a proposed correction can be approved: what is decided later is decided about another state of things. */
        @WithDefault("3d")
        @DurationMin(minutes = 1)
        Duration expiry();
    }

    interface Export {
        /** Statements that are written at once, each by a thread of its own; a further one is answered with 503. */
        @WithDefault("8")
        @Min(1)
        int atOnce();

        /** How long a client may take nothing of a statement before its connection is closed. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        Duration stallTimeout();
    }
}
