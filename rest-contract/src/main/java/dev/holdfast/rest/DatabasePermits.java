package dev.holdfast.rest;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The connections that requests may use at once; given in the order in which they were asked for. */
@Singleton
class DatabasePermits {
    private final Semaphore semaphore;
    private final Duration patience;

    /**
     * @param permits fewer than the pool has connections
     * @param patience how long a request waits for one
     */
    DatabasePermits(
            @ConfigProperty(name = "holdfast.database.bulkhead", defaultValue = "8") int permits,
            @ConfigProperty(name = "holdfast.database.bulkhead-wait", defaultValue = "500ms") Duration patience) {
        this.semaphore = new Semaphore(permits, true);
        this.patience = patience;
    }

    Semaphore semaphore() {
        return semaphore;
    }

    Duration patience() {
        return patience;
    }
}
