package dev.holdfast.delivery;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets batches grow under load: after a batch of more than one there is a pause, the longer the larger it was. A single
 * message is never delayed. A longer pause makes larger batches and later events.
 */
final class BatchPause {
    private static final long PAUSE_PER_EVENT_NANOS = 4_000_000;
    private static final long PAUSE_MAX_NANOS = 25_000_000;

    private long pauseNanos;

    void await() {
        if (pauseNanos > 0) {
            LockSupport.parkNanos(pauseNanos);
        }
    }

    /** @param largest what a batch can have at most: behind a full one others wait already */
    void lastBatch(int size, int largest) {
        pauseNanos = afterNanos(size, largest);
    }

    static long afterNanos(int size, int largest) {
        return size <= 1 || size >= largest ? 0 : Math.min(size * PAUSE_PER_EVENT_NANOS, PAUSE_MAX_NANOS);
    }
}
