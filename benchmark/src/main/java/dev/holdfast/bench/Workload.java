package dev.holdfast.bench;

import java.net.URI;

/**
 * What was asked of the system.
 *
 * @param loop {@code open} or {@code closed}
 * @param filled orders that had ended and were in the tables before
 * @param ratePerSecond 0 in the closed loop
 */
record Workload(
        URI gateway,
        String loop,
        int connections,
        double ratePerSecond,
        int readPercent,
        int mixPercent,
        int users,
        int filled,
        long seconds,
        long warmUpSeconds) {
    static Workload of(BenchOptions options, URI gateway) {
        return new Workload(
                gateway,
                options.openLoop() ? "open" : "closed",
                options.connections(),
                options.ratePerSecond(),
                options.readPercent(),
                options.mixPercent(),
                options.users(),
                options.filled(),
                options.measured().toSeconds(),
                options.warmUp().toSeconds());
    }
}
