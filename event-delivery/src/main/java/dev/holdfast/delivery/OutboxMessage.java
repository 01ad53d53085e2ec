package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * A message that a transaction leaves in the outbox; what it says does not matter here.
 *
 * @param id by which its receiver's inbox knows it again
 * @param subject what it is about, by which an operator finds it: the id of an order
 * @param userId whose order that is
 * @param type the stable name of what it says
 * @param destination the queue it goes to
 * @param payload the body, UTF-8 JSON
 */
public record OutboxMessage(UUID id, UUID subject, UUID userId, String type, String destination, byte[] payload) {
    public static OutboxMessage of(IntegrationEvent event) {
        return new OutboxMessage(
                event.eventId(), event.subject(), event.userId(), event.type(), event.destination(), event.toJson());
    }

    public static List<OutboxMessage> of(Collection<? extends IntegrationEvent> events) {
        return events.stream().map(OutboxMessage::of).toList();
    }
}
