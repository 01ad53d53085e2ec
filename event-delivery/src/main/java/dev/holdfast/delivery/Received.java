package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** A message on its way through the consumer, with what its next attempt needs. */
final class Received {
    private final Message<byte[]> message;
    private final PaymentEvent event;
    private final @Nullable String traceparent;
    private final Backoff backoff;
    private int failures;

    Received(Message<byte[]> message, PaymentEvent event, @Nullable String traceparent, Backoff backoff) {
        this.message = message;
        this.event = event;
        this.traceparent = traceparent;
        this.backoff = backoff;
    }

    Message<byte[]> message() {
        return message;
    }

    PaymentEvent event() {
        return event;
    }

    @Nullable
    String traceparent() {
        return traceparent;
    }

    /** Returns how often it has failed alone, this time included. */
    int countFailure() {
        return ++failures;
    }

    Duration nextPause() {
        return backoff.next();
    }
}
