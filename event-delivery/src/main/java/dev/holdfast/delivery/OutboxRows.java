package dev.holdfast.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The relay's statements. */
final class OutboxRows {
    record Unsent(
            long seq,
            UUID eventId,
            String type,
            String destination,
            byte[] payload,
            @Nullable String traceparent) {}

    record Refused(Unsent row, String reason) {}

    private static final String LOCK_DUE = """
            select seq, event_id, type, destination, payload, traceparent from outbox
            where sent_at is null and next_attempt_at <= now()
            order by next_attempt_at, seq limit ? for update skip locked
            """;
    private static final String MARK_SENT_AND_COMMIT =
            "set local synchronous_commit = off; update outbox set sent_at = now() where seq = any(?); commit";
    private static final String POSTPONE = """
            update outbox set attempts = attempts + 1, last_error = refused.reason,
                next_attempt_at = now() + least(make_interval(secs => ?), interval '1 second' * 2 ^ least(attempts, 20))
            from unnest(?::bigint[], ?::text[]) as refused (seq, reason) where outbox.seq = refused.seq
            """;

    private final int batchSize;
    private final double maxBackOffSeconds;

    OutboxRows(DeliveryConfig.Relay config) {
        batchSize = config.batchSize();
        maxBackOffSeconds = config.maxBackOff().toMillis() / 1000.0;
    }

    /** Locks the events that are due, oldest first, leaving out what another replica has locked. */
    List<Unsent> lockDue(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK_DUE)) {
            select.setInt(1, batchSize);
            List<Unsent> due = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    due.add(new Unsent(
                            row.getLong(1),
                            row.getObject(2, UUID.class),
                            row.getString(3),
                            row.getString(4),
                            row.getBytes(5),
                            row.getString(6)));
                }
            }
            return due;
        }
    }

    /**
     * Marks the events as sent and ends the transaction, by one round trip, and without waiting for the disk: a mark that a
     * crash loses only publishes again.
     */
    void markSentAndCommit(Connection connection, List<Unsent> sent) throws SQLException {
        if (sent.isEmpty()) {
            connection.commit();
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(MARK_SENT_AND_COMMIT)) {
            update.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", sent.stream().map(Unsent::seq).toArray()));
            update.execute();
        }
    }

    /** Leaves the events unsent, to be tried again after a pause that doubles each time. */
    void postpone(Connection connection, List<Refused> refused) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(POSTPONE)) {
            update.setDouble(1, maxBackOffSeconds);
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", refused.stream().map(r -> r.row().seq()).toArray()));
            update.setArray(
                    3,
                    connection.createArrayOf(
                            "text", refused.stream().map(Refused::reason).toArray()));
            update.executeUpdate();
        }
    }
}
