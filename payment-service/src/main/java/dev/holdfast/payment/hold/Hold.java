package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/**
 * The money reserved for one order; order, user and amount never change.
 *
 * @param overdue whether its time was over, by the database's clock, when it was read
 */
public record Hold(
        UUID orderId, UUID userId, BigDecimal amount, HoldStatus status, Instant expiresAt, boolean overdue) {

    /** The columns that {@link #read} needs. */
    public static final String COLUMNS =
            "order_id, user_id, amount, status, expires_at, expires_at <= statement_timestamp() as overdue";

    /** The same of the transfer that captured it, which says all that is left to say once the hold is removed. */
    public static final String COLUMNS_OF_CAPTURE = "order_id, debit_account as user_id, amount, 'CAPTURED' as status,"
            + " created_at as expires_at, true as overdue";

    public static Hold read(ResultSet row) throws SQLException {
        return new Hold(
                Database.uuid(row, "order_id"),
                Database.uuid(row, "user_id"),
                row.getBigDecimal("amount"),
                HoldStatus.of(row.getString("status")),
                Database.instant(row, "expires_at"),
                row.getBoolean("overdue"));
    }

    public boolean isFor(UUID user, BigDecimal price) {
        return userId.equals(user) && amount.compareTo(price) == 0;
    }

    /** Whether it still reserves its amount, which it does up to the moment it expires. */
    public boolean reserves() {
        return status == HoldStatus.HELD && !overdue;
    }

    public Hold withStatus(HoldStatus next) {
        return new Hold(orderId, userId, amount, next, expiresAt, overdue);
    }
}
