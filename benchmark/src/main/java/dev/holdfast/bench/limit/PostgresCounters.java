package dev.holdfast.bench.limit;

import dev.holdfast.invariants.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What PostgreSQL (18 or later) has counted.
 *
 * @param commits transactions that were committed in certain databases, those that only read included
 * @param walBytes written ahead, by the whole server
 * @param walFsyncs how often the whole server forced its write-ahead log to the disk
 */
public record PostgresCounters(long commits, long walBytes, long walFsyncs) {
    /** A session that falls idle reports what it has done within 10 seconds, one that ends at once. */
    public static final Duration REPORTED_WITHIN = Duration.ofSeconds(11);

    private static final String READ = """
            select (select sum(xact_commit) from pg_stat_database where datname = any (?))::bigint,
                (select wal_bytes from pg_stat_wal)::bigint,
                (select sum(fsyncs) from pg_stat_io where object = 'wal')::bigint
            """;

    /** @param databases whose commits count */
    public static PostgresCounters read(Database server, List<String> databases) throws SQLException {
        try (Connection connection = server.open();
                PreparedStatement read = connection.prepareStatement(READ)) {
            read.setArray(1, connection.createArrayOf("text", databases.toArray()));
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return new PostgresCounters(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    public DatabaseCost perOrder(long orders) {
        double count = Math.max(1, orders);
        return new DatabaseCost(commits / count, walBytes / count, walFsyncs / count);
    }

    /** What was counted since then. */
    public PostgresCounters since(PostgresCounters before) {
        return new PostgresCounters(commits - before.commits, walBytes - before.walBytes, walFsyncs - before.walFsyncs);
    }
}
