package dev.holdfast.bench.load;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.invariants.Database;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * When the accepted orders of a load became terminal.
 *
 * @param sentToTerminalMicros from the client's POST to {@code updated_at}, by the clocks of client and server
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

    /** By the orders table. */
    public static Terminals of(Load load, Database orders) throws SQLException {
        Count count = new Count(load);
        OrdersTable.read(orders, load.accepted(), count::add);
        return count.terminals();
    }

    /** By what the gateway lists for each of the load's users. */
    public static Terminals of(Load load, URI gateway, ClientTokens tokens) throws IOException, InterruptedException {
        Count count = new Count(load);
        try (ListedOrders orders = new ListedOrders(gateway, tokens)) {
            orders.read(load.userIds(), load.start(), count::add);
        }
        return count.terminals();
    }

    private static final class Count {
        private final Map<UUID, Instant> sent;
        private final Instant end;
        private final Histogram sentToTerminalMicros = Latencies.histogram();
        private final Histogram storedToTerminalMicros = Latencies.histogram();
        private final Map<String, Long> byStatus = new HashMap<>();
        private long completed;

        Count(Load load) {
            sent = load.accepted().stream()
                    .collect(Collectors.toMap(Load.Accepted::orderId, Load.Accepted::sent, (one, same) -> one));
            end = load.end();
        }

        /** Orders of others are left out. */
        void add(StoredOrder order) {
            Instant sentAt = sent.remove(order.id());
            if (sentAt == null) {
                return;
            }
            byStatus.merge(order.status(), 1L, Long::sum);
            if (!order.status().equals("NEW")) {
                storedToTerminalMicros.recordValue(micros(order.createdAt(), order.updatedAt()));
                sentToTerminalMicros.recordValue(micros(sentAt, order.updatedAt()));
                completed += order.updatedAt().isBefore(end) ? 1 : 0;
            }
        }

        Terminals terminals() {
            byStatus.put(LOST, (long) sent.size());
            return new Terminals(sentToTerminalMicros, storedToTerminalMicros, completed, byStatus);
        }

        private static long micros(Instant from, Instant to) {
            return Latencies.bounded(Duration.between(from, to).toNanos() / 1_000);
        }
    }
}
