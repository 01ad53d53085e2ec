package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** A message on its way through the consumer, with what its next attempt needs. */
final class Received<E extends IntegrationEvent> {
    /** Most locks are held for one transaction. */
    private static final Duration FIRST_PAUSE_FOR_A_LOCK = Duration.ofMillis(20);

    private static final Duration LONGEST_PAUSE_FOR_A_LOCK = Duration.ofSeconds(2);

    private final Message<byte[]> message;
    private final E event;
    private final Backoff backoff;
    private final Backoff backoffForALock = new Backoff(FIRST_PAUSE_FOR_A_LOCK, LONGEST_PAUSE_FOR_A_LOCK);
    private int failures;

    Received(Message<byte[]> message, E event, Backoff backoff) {
        this.message = message;
        this.event = event;
        this.backoff = backoff;
    }

    Message<byte[]> message() {
        return message;
    }

    E event() {
        return event;
    }

    /** See {@link Delivery#traceparent}. */
    @Nullable
    String traceparent() {
        return Delivery.of(message).traceparent();
    }

    /** Returns how often it has failed alone, this time included. */
    int countFailure() {
        return ++failures;
    }

    /** How long it waits where nothing failed, and a row was only locked by somebody else. */
    Duration nextPauseForALock() {
        return backoffForALock.next();
    }

    Duration nextPause() {
        return backoff.next();
    }
}
