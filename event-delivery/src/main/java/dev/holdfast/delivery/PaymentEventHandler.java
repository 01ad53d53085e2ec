package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Applies events to the data of a service. */
@FunctionalInterface
public interface PaymentEventHandler {
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
    Set<UUID> on(List<PaymentEvent> events);
}
