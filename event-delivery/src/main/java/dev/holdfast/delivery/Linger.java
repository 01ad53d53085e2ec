package dev.holdfast.delivery;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets batches grow under load: where the last one held more than one, there is a pause behind it, the longer the more it
 * held. A message that comes when all is quiet is never delayed. A longer pause makes larger batches and later events.
 */
final class Linger {
    private static final long NANOS_PER_EVENT = 4_000_000;
    private static final long LONGEST_NANOS = 25_000_000;

    private long pauseNanos;

    void await() {
        if (pauseNanos > 0) {
            LockSupport.parkNanos(pauseNanos);
        }
    }

    /** @param largest what a batch can have at most: behind a full one others wait already */
    void lastBatch(int size, int largest) {
        pauseNanos = size <= 1 || size >= largest ? 0 : Math.min(size * NANOS_PER_EVENT, LONGEST_NANOS);
    }
}
