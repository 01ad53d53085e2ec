package dev.holdfast.order.compensation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How money is given back: compensations, and refunds that somebody asked for. */
@ConfigMapping(prefix = "holdfast.compensation")
public interface CompensationConfig {
    /** Compensations claimed together; as many calls of payments are made at once. */
    @WithDefault("16")
    int batchSize();

    /** How long one waits at most when the signal of its commit was lost, for example with a crashed process. */
    @WithDefault("1s")
    Duration pollInterval();

    /** When another replica may take over a claimed one: must exceed the longest call with its retries. */
    @WithDefault("30s")
    Duration lease();

    /**
     * How long a request that was given up may be on its way still: where payments has no hold of it yet, it is asked to
     * release it once more when this time is over.
     */
    @WithDefault("5s")
    Duration abandonDelay();

    /** The pause after the first failure; it doubles with each further one. */
    @WithDefault("200ms")
    Duration retryDelay();

    /** The longest pause between two attempts; a compensation is never given up. */
    @WithDefault("1m")
    Duration maxRetryDelay();

    /** How long done ones are kept, where they are removed at all. */
    @WithDefault("30d")
    Duration keep();

    /** Looked at by one statement of the removal. */
    @WithDefault("1000")
    int removalBatchSize();

    /** Statements of one removal at most; the next goes on where it ended. */
    @WithDefault("100")
    int removalMaxBatches();
}
