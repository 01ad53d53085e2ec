package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import java.util.Collection;
import java.util.List;

/** Events about payments as messages for the {@link Outbox}. */
public final class PaymentMessages {
    private PaymentMessages() {}

    public static OutboxMessage of(PaymentEvent event) {
        return new OutboxMessage(
                event.eventId(), event.orderId(), event.type(), event.destination(), PaymentEventJson.write(event));
    }

    public static List<OutboxMessage> of(Collection<? extends PaymentEvent> events) {
        return events.stream().map(PaymentMessages::of).toList();
    }
}
