package dev.holdfast.rest;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** The connections that requests may use at once; given in the order in which they were asked for. */
@Singleton
class DatabasePermits {
    private final Semaphore semaphore;
    private final Duration maxWait;

    DatabasePermits(DatabaseBulkheadConfig config) {
        this.semaphore = new Semaphore(config.bulkhead(), true);
        this.maxWait = config.bulkheadWait();
    }

    Semaphore semaphore() {
        return semaphore;
    }

    Duration maxWait() {
        return maxWait;
    }
}
