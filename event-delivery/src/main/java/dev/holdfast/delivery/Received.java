package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Message;

/** A message on its way through the consumer, with what its next attempt needs. */
final class Received {
    private final Message<byte[]> message;
    private final Delivery delivery;
    private final PaymentEvent event;
    private final Backoff backoff;
    private int failures;

    Received(Message<byte[]> message, Delivery delivery, PaymentEvent event, Backoff backoff) {
        this.message = message;
        this.delivery = delivery;
        this.event = event;
        this.backoff = backoff;
    }

    Message<byte[]> message() {
        return message;
    }

    Delivery delivery() {
        return delivery;
    }

    PaymentEvent event() {
        return event;
    }

    /** Returns how often it has failed alone, this time included. */
    int countFailure() {
        return ++failures;
    }

    Duration nextPause() {
        return backoff.next();
    }
}
