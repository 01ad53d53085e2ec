package dev.holdfast.system.load;

import dev.holdfast.system.invariants.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * When the accepted orders of a load became terminal, by the orders table.
 *
 * @param sentToTerminalMicros from the client's POST to {@code updated_at}; both clocks are this machine's
 * @param storedToTerminalMicros from {@code created_at} to {@code updated_at}: the saga alone, without the POST's way
 * @param completedInWindow how many became terminal before the load ended
 * @param byStatus how many are in each status; {@code lost} were answered 201 and do not exist
 */
public record Terminals(
        Histogram sentToTerminalMicros,
        Histogram storedToTerminalMicros,
        long completedInWindow,
        Map<String, Long> byStatus) {
    public static final String LOST = "lost";
    private static final int PAGE_SIZE = 2_000;

    /** Reads what became of the orders that the load placed, in pages. */
    public static Terminals of(Load load, Database orders) throws SQLException {
        Terminals terminals = new Terminals(Latencies.histogram(), Latencies.histogram(), 0, new HashMap<>());
        long completed = 0;
        try (Connection connection = orders.open();
                PreparedStatement statement = connection.prepareStatement(
                        "select id, status, created_at, updated_at from orders where id = any (?)")) {
            List<Load.Accepted> accepted = load.accepted();
            for (int from = 0; from < accepted.size(); from += PAGE_SIZE) {
                completed += terminals.addPage(
                        statement, accepted.subList(from, Math.min(from + PAGE_SIZE, accepted.size())), load.end());
            }
        }
        return new Terminals(
                terminals.sentToTerminalMicros, terminals.storedToTerminalMicros, completed, terminals.byStatus);
    }

    private long addPage(PreparedStatement statement, List<Load.Accepted> page, Instant end) throws SQLException {
        Map<UUID, Instant> sent = page.stream()
                .collect(Collectors.toMap(Load.Accepted::orderId, Load.Accepted::sent, (one, same) -> one));
        statement.setArray(
                1, statement.getConnection().createArrayOf("uuid", sent.keySet().toArray()));
        long completed = 0;
        long found = 0;
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found++;
                String status = row.getString("status");
                byStatus.merge(status, 1L, Long::sum);
                if (!status.equals("NEW")) {
                    Instant created =
                            row.getObject("created_at", OffsetDateTime.class).toInstant();
                    Instant updated =
                            row.getObject("updated_at", OffsetDateTime.class).toInstant();
                    storedToTerminalMicros.recordValue(micros(created, updated));
                    sentToTerminalMicros.recordValue(
                            micros(sent.getOrDefault(row.getObject("id", UUID.class), created), updated));
                    completed += updated.isBefore(end) ? 1 : 0;
                }
            }
        }
        byStatus.merge(LOST, sent.size() - found, Long::sum);
        return completed;
    }

    private static long micros(Instant from, Instant to) {
        return Latencies.bounded(Duration.between(from, to).toNanos() / 1_000);
    }
}
