package dev.holdfast.event;

import java.util.UUID;

/** What one service tells another by the broker. */
public interface IntegrationEvent {
    /** Identifies this fact; the inbox applies each event id once. */
    UUID eventId();

    /** What it is about, by which an operator finds it. */
    UUID subject();

    /** Whose money or order it is about. */
    UUID userId();

    /** The stable name on the wire, in the JSON's {@code type} and in the AMQP {@code type} property. */
    String type();

    /** The queue, and on the direct exchange the routing key, that this event travels to. */
    String destination();

    /** The body of the message, UTF-8. */
    byte[] toJson();
}
