package dev.holdfast.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** The money of the order was captured. */
public record PaymentSucceeded(UUID eventId, UUID orderId, UUID userId, BigDecimal amount, Instant occurredAt)
        implements PaymentEvent {
    public static final String TYPE = "payment_succeeded";
}
