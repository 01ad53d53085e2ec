package dev.holdfast.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** The money of the order could not be captured, and never will be for this request. */
public record PaymentFailed(
        UUID eventId, UUID orderId, UUID userId, BigDecimal amount, Instant occurredAt, FailureReason reason)
        implements PaymentEvent {
    public static final String TYPE = "payment_failed";
}
