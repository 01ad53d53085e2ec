package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * The money reserved for one order; order and user never change, the amount only where a part of it is captured. Rows are
 * written by set-based statements; the entity is for reading.
 */
@Entity
@Immutable
public class Hold extends PanacheEntityBase {
    private static final String OVERDUE = "(expires_at <= statement_timestamp())";

    /** The columns that {@link #read} needs. */
    public static final String COLUMNS =
            "order_id, user_id, amount, status, taken_by, expires_at, " + OVERDUE + " as overdue";

    /** The same of the transfer that captured it, which says all that is left to say once the hold is removed. */
    public static final String COLUMNS_OF_CAPTURE = "order_id, debit_account as user_id, amount, 'CAPTURED' as status,"
            + " null as taken_by, created_at as expires_at, true as overdue";

    /** SQL: those captured ones of the orders (a parameter, an array of ids) whose money was all given back. */
    public static final String GIVEN_BACK = """
            select order_id from transfer
             where order_id is not null and order_id = any(?) and kind in ('CAPTURE', 'REFUND')
             group by order_id having sum(case kind when 'REFUND' then amount else -amount end) >= 0
            """;

    @Id
    @Column(name = "order_id")
    public UUID orderId;

    @Column(name = "user_id")
    public UUID userId;

    public BigDecimal amount;

    /** A {@link HoldStatus}, or what a newer version of this service has made of the hold. */
    public String status;

    /** A {@link HoldTaker}; null of a hold that was taken before this was written. */
    @Column(name = "taken_by")
    public @Nullable String takenBy;

    @Column(name = "expires_at")
    public Instant expiresAt;

    /** Whether its time was over, by the database's clock, when it was read. */
    @Formula(OVERDUE)
    public boolean overdue;

    /** Of a row with these columns. */
    public static Hold read(ResultSet row) throws SQLException {
        Hold hold = new Hold();
        hold.orderId = Database.uuid(row, "order_id");
        hold.userId = Database.uuid(row, "user_id");
        hold.amount = row.getBigDecimal("amount");
        hold.status = row.getString("status");
        hold.takenBy = row.getString("taken_by");
        hold.expiresAt = Database.instant(row, "expires_at");
        hold.overdue = row.getBoolean("overdue");
        return hold;
    }

    /**
     * The same hold once so much of it is captured. What is captured then is the hold's amount, as the transfer says it, too, once
     * the hold is removed.
     */
    public Hold captured(BigDecimal captured) {
        Hold hold = new Hold();
        hold.orderId = orderId;
        hold.userId = userId;
        hold.amount = captured;
        hold.status = HoldStatus.CAPTURED.name();
        hold.takenBy = takenBy;
        hold.expiresAt = expiresAt;
        hold.overdue = overdue;
        return hold;
    }

    public HoldStatus status() {
        return HoldStatus.of(status);
    }

    /** Whether it was taken for that user and amount; of what was captured, which may have been a part, the amount is not known. */
    boolean isOf(UUID user, BigDecimal price) {
        return userId.equals(user) && (status() == HoldStatus.CAPTURED || amount.compareTo(price) == 0);
    }

    /** Whether an order may be paid from it: what a client reserved for itself, no event can take. */
    public boolean isForAnOrder() {
        return !HoldTaker.CLIENT.name().equals(takenBy);
    }

    /** Whether it still reserves its amount, which it does up to the moment it expires. */
    public boolean reserves() {
        return status() == HoldStatus.HELD && !overdue;
    }
}
