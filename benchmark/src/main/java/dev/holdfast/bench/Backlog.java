package dev.holdfast.bench;

import dev.holdfast.invariants.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How fast a backlog is worked off, as after the broker was away.
 *
 * @param events requests for payments that were unsent at one moment
 * @param sentSeconds until all of them were on the broker and marked as sent
 * @param sentPerSecond of them
 * @param finishedSeconds until all their orders were terminal and the answers' events sent, too
 */
record Backlog(int events, double sentSeconds, double sentPerSecond, double finishedSeconds) {
    private static final Duration POLL = Duration.ofMillis(100);

    /** Waits until the outbox is empty; returns how long that took. */
    static Duration awaitSent(Database orders, Duration deadline) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        try (Connection connection = orders.open();
                // Not a count, which would read all that are left again and again.
                PreparedStatement unsent =
                        connection.prepareStatement("select exists (select from outbox where sent_at is null)")) {
            while (true) {
                Duration waited = Duration.ofNanos(System.nanoTime() - start);
                try (ResultSet row = unsent.executeQuery()) {
                    row.next();
                    if (!row.getBoolean(1)) {
                        return waited;
                    }
                }
                if (waited.compareTo(deadline) > 0) {
                    throw new IllegalStateException("The outbox is not empty after " + deadline.toSeconds() + " s");
                }
                Thread.sleep(POLL);
            }
        }
    }

    static Backlog of(int events, Duration sent, Duration finished) {
        return new Backlog(
                events, sent.toMillis() / 1e3, events * 1e3 / Math.max(1, sent.toMillis()), finished.toMillis() / 1e3);
    }
}
