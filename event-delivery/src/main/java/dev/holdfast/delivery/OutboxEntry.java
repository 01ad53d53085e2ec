package dev.holdfast.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * One event to be published, or published already. Rows are written by {@link Outbox} and marked by {@link OutboxRelay}
 * in set-based statements; the entity is for looking at them.
 */
@Entity
@Immutable
@Table(name = "outbox")
public class OutboxEntry extends PanacheEntityBase {
    @Id
    public Long seq;

    @Column(name = "event_id")
    public UUID eventId;

    @Column(name = "order_id")
    public UUID orderId;

    public String type;

    /** The routing key, which is the name of the queue. */
    public String destination;

    /** The JSON that is sent, in UTF-8. */
    public byte[] payload;

    /** The W3C trace context of the request or event that caused this one. */
    @Nullable
    public String traceparent;

    @Column(name = "created_at")
    public Instant createdAt;

    /** How often the broker refused or did not confirm it. */
    public int attempts;

    @Column(name = "next_attempt_at")
    public Instant nextAttemptAt;

    @Column(name = "sent_at")
    @Nullable
    public Instant sentAt;

    @Column(name = "last_error")
    @Nullable
    public String lastError;
}
