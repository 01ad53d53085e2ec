package dev.holdfast.rest;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How many of the database connections requests may use. */
@ConfigMapping(prefix = "holdfast.database")
public interface DatabaseBulkheadConfig {
    /** So many at once: fewer than the pool has, as the rest is left to consumers, relay and sweeps. */
    @WithDefault("8")
    int bulkhead();

    /** How long a request waits for one before it is answered 503. */
    @WithDefault("500ms")
    Duration bulkheadWait();
}
