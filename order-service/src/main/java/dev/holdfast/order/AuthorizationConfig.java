package dev.holdfast.order;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long orders that are captured later keep their money reserved. */
@ConfigMapping(prefix = "holdfast.authorization")
public interface AuthorizationConfig {
    /** How long such an order can be captured: then it is cancelled, and its money is free. */
    @WithDefault("7d")
    @DurationMin(seconds = 1)
    @DurationMax(days = 7)
    Duration expiry();

    /** How much longer its hold lasts, so that it is this service that ends it: longer than some sweeps take. */
    @WithDefault("10m")
    @DurationMin(seconds = 0)
    @DurationMax(hours = 12)
    Duration holdMargin();

    /** The pause between two sweeps for orders whose time is over. */
    @WithDefault("30s")
    Duration interval();

    /** How long after its time, or after somebody asked to cancel it, an order is ended by the sweep: longer than any request takes. */
    @WithDefault("30s")
    Duration grace();

    /** Orders that are ended at once: as many calls of payments are made at the same time. */
    @WithDefault("16")
    int batchSize();

    /** Batches of one sweep at most; the rest is left to the next. */
    @WithDefault("100")
    int maxBatches();
}
