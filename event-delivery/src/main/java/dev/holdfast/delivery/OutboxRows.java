package dev.holdfast.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The relay's statements; none of them leaves a transaction open. */
final class OutboxRows {
    record Unsent(
            long seq,
            UUID eventId,
            String type,
            String destination,
            byte[] payload,
            @Nullable String traceparent) {}

    record Refused(Unsent row, String reason) {}

    private static final String MARK_SENT = "update outbox set sent_at = now() where seq = any(?)";

    /** A row that another replica claims at the same moment is locked, and after that no longer due. */
    private static final String MARK_SENT_AND_CLAIM_DUE = MARK_SENT + """
            ; update outbox set claimed_until = now() + make_interval(secs => ?) where seq = any(array(
                select seq from outbox
                where sent_at is null and next_attempt_at <= now()
                    and (claimed_until is null or claimed_until <= now())
                order by next_attempt_at, seq limit ? for update skip locked))
            returning seq, event_id, type, destination, payload, traceparent
            """;

    private static final String RELEASE =
            "update outbox set claimed_until = null where seq = any(?) and sent_at is null";
    private static final String POSTPONE = """
            update outbox set attempts = attempts + 1, last_error = refused.reason, claimed_until = null,
                next_attempt_at = now() + least(make_interval(secs => ?), interval '1 second' * 2 ^ least(attempts, 20))
            from unnest(?::bigint[], ?::text[]) as refused (seq, reason)
            where outbox.seq = refused.seq and sent_at is null
            """;

    private final DataSource dataSource;
    private final int batchSize;
    private final double leaseSeconds;
    private final double maxBackOffSeconds;

    OutboxRows(DataSource dataSource, DeliveryConfig.Relay config) {
        this.dataSource = dataSource;
        batchSize = config.batchSize();
        leaseSeconds = config.lease().toMillis() / 1000.0;
        maxBackOffSeconds = config.maxBackOff().toMillis() / 1000.0;
    }

    /**
     * Marks those that were published, and takes over the events that are due, the oldest ones, for as long as the lease
     * lasts: no other replica that knows of leases publishes them meanwhile.
     */
    List<Unsent> markSentAndClaimDue(List<Unsent> sent) throws SQLException {
        List<Unsent> due = new ArrayList<>();
        inOneRoundTrip(
                MARK_SENT_AND_CLAIM_DUE,
                (connection, claim) -> {
                    claim.setArray(1, seqs(connection, sent));
                    claim.setDouble(2, leaseSeconds);
                    claim.setInt(3, batchSize);
                },
                row -> due.add(new Unsent(
                        row.getLong(1),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getString(4),
                        row.getBytes(5),
                        row.getString(6))));
        due.sort(Comparator.comparingLong(Unsent::seq));
        return due;
    }

    void markSent(List<Unsent> sent) throws SQLException {
        if (!sent.isEmpty()) {
            inOneRoundTrip(MARK_SENT, (connection, mark) -> mark.setArray(1, seqs(connection, sent)), row -> {});
        }
    }

    /** Gives back what was claimed and not published: it is due again at once. */
    void release(List<Unsent> claimed) throws SQLException {
        inOneRoundTrip(RELEASE, (connection, release) -> release.setArray(1, seqs(connection, claimed)), row -> {});
    }

    /** Leaves the events unsent, to be tried again after a pause that doubles each time. */
    void postpone(List<Refused> refused) throws SQLException {
        inOneRoundTrip(
                POSTPONE,
                (connection, postpone) -> {
                    postpone.setDouble(1, maxBackOffSeconds);
                    postpone.setArray(
                            2,
                            seqs(connection, refused.stream().map(Refused::row).toList()));
                    postpone.setArray(
                            3,
                            connection.createArrayOf(
                                    "text",
                                    refused.stream().map(Refused::reason).toArray()));
                },
                row -> {});
    }

    private static java.sql.Array seqs(Connection connection, List<Unsent> rows) throws SQLException {
        return connection.createArrayOf("bigint", rows.stream().map(Unsent::seq).toArray());
    }

    @FunctionalInterface
    private interface Binder {
        void bind(Connection connection, PreparedStatement statement) throws SQLException;
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /**
     * Begins, does and ends a transaction by one round trip, without waiting for the disk. What a crash loses of it, a claim
     * or a mark, only publishes again.
     */
    private void inOneRoundTrip(String sql, Binder binder, RowReader reader) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("set local synchronous_commit = off; " + sql + "; commit")) {
                binder.bind(connection, statement);
                boolean rows = statement.execute();
                while (rows || statement.getUpdateCount() != -1) {
                    if (rows) {
                        ResultSet row = statement.getResultSet();
                        while (row.next()) {
                            reader.read(row);
                        }
                    }
                    rows = statement.getMoreResults();
                }
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }
}
