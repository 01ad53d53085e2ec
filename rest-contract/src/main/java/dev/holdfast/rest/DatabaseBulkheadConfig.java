package dev.holdfast.rest;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How many of the database connections requests may use. */
@ConfigMapping(prefix = "holdfast.database")
public interface DatabaseBulkheadConfig {
    /**
     * How many requests may use the database at once: fewer than the pool has connections, as consumers, relay and
     * sweeps need the rest.
     */
    @WithDefault("8")
    int bulkhead();

    /** How long a request waits for its turn before it is answered 503. */
    @WithDefault("500ms")
    Duration bulkheadWait();
}
