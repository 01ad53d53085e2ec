package dev.holdfast.order;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How many orders are placed at once. */
@ConfigMapping(prefix = "holdfast.placement")
interface PlacementConfig {
    /** Batches under way at once, at most. There is one, unless it takes longer than the patience. */
    @WithDefault("8")
    int workers();

    /** How long orders wait for a batch that is under way before they become one beside it: longer than one usually takes. */
    @WithDefault("50ms")
    Duration patience();

    /** After a batch of more than one, the next is given so long to gather. */
    @WithDefault("5ms")
    Duration linger();

    /** Orders placed by one call of payments and one statement at most. */
    @WithDefault("64")
    int batchSize();

    /** Requests under way or waiting; one more is answered 503 at once. */
    @WithDefault("1024")
    int maxInFlight();

    /** A request that has waited for so long before its turn is answered 503; its client would hardly wait for more. */
    @WithDefault("2s")
    Duration maxWait();
}
