package dev.holdfast.rest;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets only some requests use the database at once, in the order in which they came. */
@Singleton
class DatabasePermits {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Semaphore free;
    private final Duration maxWait;

    DatabasePermits(DatabaseBulkheadConfig config) {
        this.free = new Semaphore(config.bulkhead(), true);
        this.maxWait = config.bulkheadWait();
    }

    /**
     * Makes the call when it is its turn, and lets the next one follow however it ends.
     *
     * @throws Problem 503, and the call is not made, where its turn does not come in time
     */
    <T extends @Nullable Object> T inTurn(Callable<T> call) throws Exception {
        if (!free.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw Problem.retryLater(
                    503, "overloaded", "Too many requests wait for the database; try again.", RETRY_AFTER);
        }
        try {
            return call.call();
        } finally {
            free.release();
        }
    }

    /** How many calls wait for their turn. */
    int waiting() {
        return free.getQueueLength();
    }
}
