package dev.holdfast.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * A fact about the payment of one order; the whole vocabulary of the saga.
 *
 * <p>On the wire each is a JSON object, see {@link PaymentEventJson}.
 */
public sealed interface PaymentEvent extends IntegrationEvent
        permits PaymentRequested, PaymentSucceeded, PaymentFailed {

    UUID orderId();

    @Override
    UUID userId();

    /** The price of the order, greater than zero, with two decimals at most. */
    BigDecimal amount();

    Instant occurredAt();

    @Override
    default UUID subject() {
        return orderId();
    }

    @Override
    default String type() {
        return switch (this) {
            case PaymentRequested requested -> PaymentRequested.TYPE;
            case PaymentSucceeded succeeded -> PaymentSucceeded.TYPE;
            case PaymentFailed failed -> PaymentFailed.TYPE;
        };
    }

    @Override
    default String destination() {
        return switch (this) {
            case PaymentRequested requested -> Topology.PAYMENT_REQUESTS;
            case PaymentSucceeded succeeded -> Topology.PAYMENT_RESULTS;
            case PaymentFailed failed -> Topology.PAYMENT_RESULTS;
        };
    }

    @Override
    default byte[] toJson() {
        return PaymentEventJson.write(this);
    }
}
