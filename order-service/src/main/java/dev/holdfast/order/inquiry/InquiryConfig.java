package dev.holdfast.order.inquiry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When payments is asked again about an order. */
@ConfigMapping(prefix = "holdfast.inquiry")
interface InquiryConfig {
    /** How long an order is NEW, counted from the request to capture it where there is one, before payments is asked again: far longer than the saga takes under load. */
    @WithDefault("2m")
    Duration after();

    /** The pause between two sweeps. */
    @WithDefault("30s")
    Duration interval();

    /** Orders of one transaction at most; their rows are locked that long. */
    @WithDefault("100")
    int batchSize();

    /** Batches of one sweep at most; the rest is left to the next. */
    @WithDefault("100")
    int maxBatches();

    /** The pause until the same order is asked about once more; it doubles each time. */
    @WithDefault("2m")
    Duration retryDelay();

    /** The longest of these pauses; an order is never given up. */
    @WithDefault("6h")
    Duration maxRetryDelay();

    /** With this many unsent events the broker is away, and nothing is asked: more events would not help. */
    @WithDefault("10000")
    int maxUnsent();
}
