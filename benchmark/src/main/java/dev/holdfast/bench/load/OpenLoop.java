package dev.holdfast.bench.load;

import java.util.concurrent.locks.LockSupport;

/**
 * When the requests of an open loop are due: the time alone starts them. It wakes the event loop from a thread of its own,
 * since the timers of the event loop know milliseconds only.
 */
final class OpenLoop {
    private static final double SHORTEST_TICK_NANOS = 50_000;
    private static final double LONGEST_TICK_NANOS = 100_000_000;

    private final long start;
    private final double nanosPerRequest;
    private volatile boolean stopped;

    /** @param start as {@link System#nanoTime()} tells it */
    OpenLoop(long start, double requestsPerSecond) {
        this.start = start;
        this.nanosPerRequest = 1e9 / requestsPerSecond;
    }

    /** Runs the tick again and again until it is stopped; one tick may be for many requests or for none. */
    void run(Runnable tick) {
        Thread.ofPlatform().daemon().name("open-loop").start(() -> {
            double nanosPerTick = nanosPerRequest < SHORTEST_TICK_NANOS
                    ? nanosPerRequest * Math.ceil(SHORTEST_TICK_NANOS / nanosPerRequest)
                    : nanosPerRequest / Math.ceil(nanosPerRequest / LONGEST_TICK_NANOS);
            for (long ticks = 0; !stopped; ticks++) {
                long due = start + (long) (ticks * nanosPerTick);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                if (!stopped) {
                    tick.run();
                }
            }
        });
    }

    void stop() {
        stopped = true;
    }

    /** When a request is due, by how many come before it. */
    long due(long before) {
        return start + (long) (before * nanosPerRequest);
    }
}
