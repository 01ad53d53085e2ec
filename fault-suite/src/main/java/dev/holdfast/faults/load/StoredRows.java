package dev.holdfast.faults.load;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the databases say about one customer. */
final class StoredRows {
    private StoredRows() {}

    /** @param charged what is or was to be captured */
    record OrderRow(
            UUID id,
            BigDecimal amount,
            BigDecimal charged,
            BigDecimal refunded,
            String status,
            @Nullable String reason,
            @Nullable String description) {
        static OrderRow of(ResultSet row) throws SQLException {
            return new OrderRow(
                    row.getObject("id", UUID.class),
                    row.getBigDecimal("amount"),
                    row.getBigDecimal("charged"),
                    row.getBigDecimal("refunded"),
                    row.getString("status"),
                    row.getString("reason"),
                    row.getString("description"));
        }
    }

    record HoldRow(UUID orderId, BigDecimal amount, String status) {
        static HoldRow of(ResultSet row) throws SQLException {
            return new HoldRow(
                    row.getObject("order_id", UUID.class), row.getBigDecimal("amount"), row.getString("status"));
        }
    }

    record AccountRow(UUID user, BigDecimal balance, BigDecimal held, BigDecimal sumOfHeldHolds) {
        static AccountRow of(Connection connection, UUID user) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement("""
                    select balance, held, (select coalesce(sum(amount), 0) from hold
                                           where hold.user_id = account.user_id and status = 'HELD') as of_holds
                    from account where user_id = ?""")) {
                statement.setObject(1, user);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next()
                            ? new AccountRow(user, row.getBigDecimal(1), row.getBigDecimal(2), row.getBigDecimal(3))
                            : new AccountRow(user, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
                }
            }
        }
    }

    /** How many deposits there are of each amount in cents. */
    static Map<Long, Integer> deposits(Connection connection, UUID user) throws SQLException {
        return moves(connection, "credit_account = ? and kind = 'DEPOSIT'", user);
    }

    /** How many withdrawals there are of each amount in cents. */
    static Map<Long, Integer> withdrawals(Connection connection, UUID user) throws SQLException {
        return moves(connection, "debit_account = ? and kind = 'WITHDRAWAL'", user);
    }

    private static Map<Long, Integer> moves(Connection connection, String which, UUID user) throws SQLException {
        Map<Long, Integer> moves = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select amount, count(*) from transfer where " + which + " group by amount")) {
            statement.setObject(1, user);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    moves.put(cents(row.getBigDecimal(1)), row.getInt(2));
                }
            }
        }
        return moves;
    }

    static long cents(BigDecimal amount) {
        return amount.movePointRight(2).longValueExact();
    }
}
