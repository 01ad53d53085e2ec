package dev.holdfast.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** An order was placed on held money, which is now to be captured. */
public record PaymentRequested(UUID eventId, UUID orderId, UUID userId, BigDecimal amount, Instant occurredAt)
        implements PaymentEvent {
    public static final String TYPE = "payment_requested";
}
