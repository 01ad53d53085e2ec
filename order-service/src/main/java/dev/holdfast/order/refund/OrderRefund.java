package dev.holdfast.order.refund;

import dev.holdfast.delivery.database.Database;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money of one order that is given back.
 *
 * @param asked the amount that the request named; null where it asked for all that was left
 */
record OrderRefund(
        UUID id,
        UUID orderId,
        UUID userId,
        BigDecimal amount,
        @Nullable BigDecimal asked,
        @Nullable String reason,
        RefundStatus status,
        Instant createdAt) {
    /** Those that {@link #read} needs. */
    static final String COLUMNS = "id, order_id, user_id, amount, asked, reason, done_at, created_at";

    static OrderRefund read(ResultSet row) throws SQLException {
        return new OrderRefund(
                Database.uuid(row, "id"),
                Database.uuid(row, "order_id"),
                Database.uuid(row, "user_id"),
                row.getBigDecimal("amount"),
                row.getBigDecimal("asked"),
                row.getString("reason"),
                Database.instantOrNull(row, "done_at") == null ? RefundStatus.PENDING : RefundStatus.DONE,
                Database.instant(row, "created_at"));
    }

    /** The same once payments has booked it. */
    OrderRefund done() {
        return new OrderRefund(id, orderId, userId, amount, asked, reason, RefundStatus.DONE, createdAt);
    }

    /** Whether it came of the same request, so that it may be its answer again. */
    boolean isOf(RefundRequest request) {
        BigDecimal again = request.amount();
        return (asked == null || again == null ? asked == again : asked.compareTo(again) == 0)
                && Objects.equals(reason, request.reason());
    }
}
