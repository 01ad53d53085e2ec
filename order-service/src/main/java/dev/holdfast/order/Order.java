package dev.holdfast.order;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** One order. Rows are written by {@link Orders} and ended by set-based statements; the entity is for reading. */
@Entity
@Immutable
@Table(name = "orders")
public class Order extends PanacheEntityBase {
    /** Those that {@link #read} needs. */
    public static final String COLUMNS =
            "id, user_id, amount, capture_amount, refunded, description, status, reason, reason_text, idempotency_key,"
                    + " authorized_until, capture_key, created_at, updated_at";

    static final BigDecimal NOTHING = Money.exact(BigDecimal.ZERO);

    @Id
    public UUID id;

    @Column(name = "user_id")
    public UUID userId;

    @Column(name = "amount")
    public BigDecimal amount;

    /** What is to be captured of it, or was; null for all. */
    @Column(name = "capture_amount")
    public @Nullable BigDecimal captureAmount;

    /** The sum of its refunds, those that are PENDING too. */
    @Column(name = "refunded")
    public BigDecimal refunded;

    @Column(name = "description")
    public @Nullable String description;

    /** An {@link OrderStatus}, or what a newer version of this service has made of the order: then it is only shown. */
    @Column(name = "status")
    public String status;

    /** Why it was cancelled: a {@link CancelReason}, or another that only a newer version knows. */
    @Column(name = "reason")
    public @Nullable String reason;

    /** What was said with the first request to cancel it that said something, also where it came too late. */
    @Column(name = "reason_text")
    public @Nullable String reasonText;

    @Column(name = "idempotency_key")
    public @Nullable String idempotencyKey;

    /** How long it could be captured; null of an order that is charged without being asked for. */
    @Column(name = "authorized_until")
    public @Nullable Instant authorizedUntil;

    /** Of the request to capture it, where that had one. */
    @Column(name = "capture_key")
    public @Nullable String captureKey;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    public Instant updatedAt;

    /** Of a row with these columns. */
    public static Order read(ResultSet row) throws SQLException {
        Order order = new Order();
        order.id = Database.uuid(row, "id");
        order.userId = Database.uuid(row, "user_id");
        order.amount = row.getBigDecimal("amount");
        order.captureAmount = row.getBigDecimal("capture_amount");
        order.refunded = row.getBigDecimal("refunded");
        order.description = row.getString("description");
        order.status = row.getString("status");
        order.reason = row.getString("reason");
        order.reasonText = row.getString("reason_text");
        order.idempotencyKey = row.getString("idempotency_key");
        order.authorizedUntil = Database.instantOrNull(row, "authorized_until");
        order.captureKey = row.getString("capture_key");
        order.createdAt = Database.instant(row, "created_at");
        order.updatedAt = Database.instant(row, "updated_at");
        return order;
    }

    /** A new order, not stored yet; its time is cut to the microseconds that the database keeps. */
    public static Order create(UUID id, OrderRequest request, Instant now) {
        Order order = new Order();
        order.id = id;
        order.userId = request.userId();
        order.amount = Money.exact(request.amount());
        order.refunded = NOTHING;
        order.description = request.description();
        order.status = OrderStatus.NEW.name();
        order.idempotencyKey = request.idempotencyKey();
        order.createdAt = now.truncatedTo(ChronoUnit.MICROS);
        order.updatedAt = order.createdAt;
        return order;
    }

    /** The same, to be captured only when somebody asks for it, until then. */
    public static Order authorized(UUID id, OrderRequest request, Instant now, Instant until) {
        Order order = create(id, request, now);
        order.status = OrderStatus.AUTHORIZED.name();
        order.authorizedUntil = until.truncatedTo(ChronoUnit.MICROS);
        return order;
    }

    /** Whether it is or was to be captured only when somebody asks for it. */
    public boolean isManual() {
        return authorizedUntil != null;
    }

    /** What is to be captured of it, or was, if it comes to that. */
    public BigDecimal toCapture() {
        return captureAmount == null ? amount : captureAmount;
    }

    /** What was captured for it, whatever was refunded since; nothing unless it is FINISHED. */
    public BigDecimal captured() {
        return OrderStatus.stored(status) == OrderStatus.FINISHED ? toCapture() : NOTHING;
    }

    public boolean isCancelledBy(CancelReason wanted) {
        return wanted.wireName().equals(reason);
    }
}
