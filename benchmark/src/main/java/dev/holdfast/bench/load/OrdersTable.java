package dev.holdfast.bench.load;

import dev.holdfast.invariants.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads orders from their table. */
final class OrdersTable {
    private static final int PAGE_SIZE = 2_000;

    private OrdersTable() {}

    /** Reads those of the accepted orders that exist, in pages. */
    static void read(Database database, List<Load.Accepted> accepted, Consumer<StoredOrder> each) throws SQLException {
        try (Connection connection = database.open();
                PreparedStatement statement = connection.prepareStatement(
                        "select id, status, created_at, updated_at from orders where id = any (?)")) {
            for (int from = 0; from < accepted.size(); from += PAGE_SIZE) {
                Object[] ids = accepted.subList(from, Math.min(from + PAGE_SIZE, accepted.size())).stream()
                        .map(Load.Accepted::orderId)
                        .toArray();
                statement.setArray(1, connection.createArrayOf("uuid", ids));
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        each.accept(new StoredOrder(
                                row.getObject("id", UUID.class),
                                row.getString("status"),
                                row.getObject("created_at", OffsetDateTime.class)
                                        .toInstant(),
                                row.getObject("updated_at", OffsetDateTime.class)
                                        .toInstant()));
                    }
                }
            }
        }
    }
}
