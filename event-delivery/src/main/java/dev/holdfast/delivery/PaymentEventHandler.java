package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import java.util.List;

/** Applies events to the data of a service. */
@FunctionalInterface
public interface PaymentEventHandler {
    /**
     * Applies all of the events in one transaction of its own, or none of them. Whatever is thrown rolls the batch back;
     * it is then tried again in parts, so that only the events at fault are held up.
     *
     * @param events at least one; may hold the same event twice, or one that was applied before
     * @throws PoisonEventException when an event can never be applied
     */
    void on(List<PaymentEvent> events);
}
