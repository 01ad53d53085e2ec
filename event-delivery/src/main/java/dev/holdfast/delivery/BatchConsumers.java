package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;

/** Starts the consumers of a service, which end with it. */
@ApplicationScoped
public class BatchConsumers {
    /** Told when a consumer starts on this queue. */
    public record Started(String queue) {}

    private final Workers workers;
    private final DeliveryConfig config;
    private final MeterRegistry metrics;
    private final Event<Started> startedEvent;

    BatchConsumers(Workers workers, DeliveryConfig config, MeterRegistry metrics, Event<Started> startedEvent) {
        this.workers = workers;
        this.config = config;
        this.metrics = metrics;
        this.startedEvent = startedEvent;
    }

    /**
     * Starts a thread that gives the handler the messages of a channel, in batches.
     *
     * @param queue the queue the messages come from; what can never be applied goes to its dead-letter queue
     * @return the channel's subscriber
     */
    public <E extends IntegrationEvent> BatchConsumer<E> start(String queue, EventHandler<E> handler) {
        BatchConsumer<E> consumer = new BatchConsumer<>(queue, handler, config.consumer(), metrics);
        consumer.start(workers);
        startedEvent.fire(new Started(queue));
        return consumer;
    }
}
