package dev.holdfast.payment.hold;

import dev.holdfast.payment.database.Database;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** The money reserved for one order; order, user and amount never change. */
public record Hold(UUID orderId, UUID userId, BigDecimal amount, HoldStatus status, Instant expiresAt) {

    /** The columns that {@link #read} needs. */
    public static final String COLUMNS = "order_id, user_id, amount, status, expires_at";

    public static Hold read(ResultSet row) throws SQLException {
        return new Hold(
                Database.uuid(row, "order_id"),
                Database.uuid(row, "user_id"),
                row.getBigDecimal("amount"),
                HoldStatus.valueOf(row.getString("status")),
                Database.instant(row, "expires_at"));
    }

    public boolean isFor(UUID user, BigDecimal price) {
        return userId.equals(user) && amount.compareTo(price) == 0;
    }

    /** Whether it still reserves its amount, which it does up to the moment it expires. */
    public boolean reservesAt(Instant moment) {
        return status == HoldStatus.HELD && expiresAt.isAfter(moment);
    }

    public Hold withStatus(HoldStatus next) {
        return new Hold(orderId, userId, amount, next, expiresAt);
    }
}
