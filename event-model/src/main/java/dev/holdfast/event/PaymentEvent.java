package dev.holdfast.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * A fact about the payment of one order; the whole vocabulary of the saga.
 *
 * <p>On the wire each is a JSON object, see {@link PaymentEventJson}.
 */
public sealed interface PaymentEvent permits PaymentRequested, PaymentSucceeded, PaymentFailed {

    /** Identifies this fact; the inbox applies each event id once. */
    UUID eventId();

    UUID orderId();

    UUID userId();

    /** The price of the order, greater than zero, with two decimals at most. */
    BigDecimal amount();

    Instant occurredAt();

    /** The stable name on the wire, in the JSON's {@code type} and in the AMQP {@code type} property. */
    default String type() {
        return switch (this) {
            case PaymentRequested requested -> PaymentRequested.TYPE;
            case PaymentSucceeded succeeded -> PaymentSucceeded.TYPE;
            case PaymentFailed failed -> PaymentFailed.TYPE;
        };
    }

    /** The queue, and on the direct exchange the routing key, that this event travels to. */
    default String destination() {
        return switch (this) {
            case PaymentRequested requested -> Topology.PAYMENT_REQUESTS;
            case PaymentSucceeded succeeded -> Topology.PAYMENT_RESULTS;
            case PaymentFailed failed -> Topology.PAYMENT_RESULTS;
        };
    }
}
