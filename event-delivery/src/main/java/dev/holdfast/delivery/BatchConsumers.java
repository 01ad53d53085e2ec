package dev.holdfast.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;

/** Starts the consumers of a service, which end with it. */
@ApplicationScoped
public class BatchConsumers {
    /** Told when a consumer starts on this queue. */
    public record Started(String queue) {}

    private final DeadLetters deadLetters;
    private final Workers workers;
    private final DeliveryConfig config;
    private final MeterRegistry metrics;
    private final Event<Started> startedEvent;

    BatchConsumers(
            DeadLetters deadLetters,
            Workers workers,
            DeliveryConfig config,
            MeterRegistry metrics,
            Event<Started> startedEvent) {
        this.deadLetters = deadLetters;
        this.workers = workers;
        this.config = config;
        this.metrics = metrics;
        this.startedEvent = startedEvent;
    }

    /**
     * Starts a thread that gives the handler the messages it receives, in batches.
     *
     * @param queue the queue the messages come from; what can never be applied goes to its dead-letter queue
     */
    public BatchConsumer start(String queue, PaymentEventHandler handler) {
        BatchConsumer consumer = new BatchConsumer(queue, handler, deadLetters, config.consumer(), metrics);
        consumer.start(workers);
        startedEvent.fire(new Started(queue));
        return consumer;
    }
}
