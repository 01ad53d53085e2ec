package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import dev.holdfast.event.MalformedEventException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Reads the events of one queue, and applies them to the data of a service. */
public interface EventHandler<E extends IntegrationEvent> {
    /**
     * Reads the body of a message.
     *
     * @throws MalformedEventException when it is none of the events that are handled here; the reason of the dead letter
     */
    E read(byte[] body) throws MalformedEventException;

    /**
     * Applies the events in one transaction of its own, or none of them. Whatever is thrown rolls the batch back; it is
     * then tried again in parts, so that only the events at fault are held up.
     *
     * <p>Events that would have to wait for a row that another transaction has locked can be left out: the transaction
     * then writes nothing for them, neither to the inbox, and answers their ids. They are tried again after a pause that
     * doubles each time, for as long as it takes, while the others are acknowledged.
     *
     * @param events at least one; may hold the same event twice, or one that was applied before
     * @return the event ids that were left out, normally none
     * @throws PoisonEventException when an event can never be applied
     */
    Set<UUID> on(List<E> events);
}
