package dev.holdfast.invariants;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** The dead letters that wait for an operator, in the table that both databases have. */
public final class DeadLetters {
    private DeadLetters() {}

    /** How many wait, by the queue they came from; a queue without any is left out. */
    public static Map<String, Long> waiting(Database orders, Database payments) throws SQLException {
        Map<String, Long> waiting = new TreeMap<>();
        for (Database database : new Database[] {orders, payments}) {
            try (Connection connection = database.open();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select queue, count(*) from dead_letter where status = 'WAITING' group by queue")) {
                while (row.next()) {
                    waiting.merge(row.getString(1), row.getLong(2), Long::sum);
                }
            }
        }
        return waiting;
    }
}
