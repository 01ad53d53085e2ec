package dev.holdfast.order.placement;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How many orders are placed at once. */
@ConfigMapping(prefix = "holdfast.placement")
interface PlacementConfig {
    /** Batches under way at once, at most. There is one, unless it takes longer than the next one waits. */
    @WithDefault("8")
    @Min(1)
    int batches();

    /** How long a batch waits for the one under way before it begins beside it: longer than one usually takes. */
    @WithDefault("50ms")
    Duration maxBatchWait();

    /** How long the next batch may take to become as large as the last one, or half as long as that took if it is more. */
    @WithDefault("5ms")
    Duration gatherTime();

    /** Orders placed by one call of payments and one statement at most; payments takes no more than 256 at once. */
    @WithDefault("64")
    @Min(1)
    @Max(256)
    int batchSize();

    /** Statements of batches that run at once, at most; each uses one connection of the database. */
    @WithDefault("4")
    @Min(1)
    int statements();

    /** Exceptional orders that are settled at once, at most; each may use one connection and one call of payments. */
    @WithDefault("4")
    @Min(1)
    int singleOrders();

    /** The pause before an order whose account is locked is tried again. */
    @WithDefault("20ms")
    Duration busyPause();

    /**
     * After the secret of order ids has changed, holds under ids of the earlier secret are looked for during this time. It
     * must be longer than a hold lasts and a rolling update takes.
     */
    @WithDefault("15m")
    Duration secretOverlap();

    /** Requests under way or waiting; one more is answered 503 at once. */
    @WithDefault("1024")
    @Min(1)
    int maxInFlight();

    /** A request whose turn comes later than this is answered 503: its client would hardly wait for more. */
    @WithDefault("2s")
    Duration maxWait();
}
