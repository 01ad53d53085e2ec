package dev.holdfast.invariants;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;

/**
 * Waits until the system has finished what it was asked: no order NEW, no event unsent, no release or refund pending,
 * no message waiting.
 */
public record Quiescence(Database orders, Database payments, BrokerQueues broker) {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    /**
     * Returns once all is quiet.
     *
     * @throws IllegalStateException after the timeout, naming what was still under way
     */
    public void await(Duration timeout) throws InterruptedException {
        String underWay = Poll.lastAnswer(timeout, POLL_INTERVAL, this::underWay, String::isEmpty);
        if (!underWay.isEmpty()) {
            throw new IllegalStateException("Not quiet after " + timeout.toSeconds() + " seconds: " + underWay);
        }
    }

    /** What is still under way, in words; empty when all is quiet. A part that cannot be asked counts as under way. */
    private String underWay() {
        StringJoiner parts = new StringJoiner(", ");
        try (Connection connection = orders.open()) {
            add(parts, connection, "orders NEW", "select count(*) from orders where status = 'NEW'");
            add(parts, connection, "events unsent by order-service", EventDelivery.COUNT_UNSENT);
            add(
                    parts,
                    connection,
                    "releases and refunds pending",
                    "select count(*) from compensation where done_at is null");
            add(parts, connection, "refunds on request pending", "select count(*) from refund where done_at is null");
        } catch (SQLException e) {
            parts.add("orders database: " + e.getMessage());
        }
        try (Connection connection = payments.open()) {
            add(parts, connection, "events unsent by payment-service", EventDelivery.COUNT_UNSENT);
        } catch (SQLException e) {
            parts.add("payments database: " + e.getMessage());
        }
        try {
            for (List<String> queues : List.of(broker.saga(), BrokerQueues.DEAD_LETTERS)) {
                broker.depths(queues).forEach((queue, depth) -> {
                    if (depth > 0) {
                        parts.add(depth + " messages in " + queue);
                    }
                });
            }
        } catch (IOException e) {
            parts.add("broker: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        return parts.toString();
    }

    private static void add(StringJoiner parts, Connection connection, String what, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            long count = row.getLong(1);
            if (count > 0) {
                parts.add(count + " " + what);
            }
        }
    }
}
