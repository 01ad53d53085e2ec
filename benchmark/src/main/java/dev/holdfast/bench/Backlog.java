package dev.holdfast.bench;

import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Poll;
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
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    /** Waits until the outbox is empty; returns how long that took. */
    static Duration awaitSent(Database orders, Duration timeout) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        try (Connection connection = orders.open();
                // Not a count, which would read all that are left again and again.
                PreparedStatement empty =
                        connection.prepareStatement("select not exists (select from outbox where sent_at is null)")) {
            if (!Poll.until(timeout, POLL_INTERVAL, () -> isTrue(empty))) {
                throw new IllegalStateException("The outbox is not empty after " + timeout.toSeconds() + " s");
            }
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    static Backlog of(int events, Duration sent, Duration finished) {
        return new Backlog(
                events, sent.toMillis() / 1e3, events * 1e3 / Math.max(1, sent.toMillis()), finished.toMillis() / 1e3);
    }
}
