package dev.holdfast.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Starts the consumers of a service, and stops them with it. */
@ApplicationScoped
public class BatchConsumers {
    /** Told when a consumer starts on this queue. */
    public record Started(String queue) {}

    private final DeadLetters deadLetters;
    private final DeliveryConfig config;
    private final MeterRegistry metrics;
    private final Event<Started> startedEvent;
    private final List<BatchConsumer> started = new CopyOnWriteArrayList<>();

    BatchConsumers(DeadLetters deadLetters, DeliveryConfig config, MeterRegistry metrics, Event<Started> startedEvent) {
        this.deadLetters = deadLetters;
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
        started.add(consumer);
        consumer.start();
        startedEvent.fire(new Started(queue));
        return consumer;
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownEvent stopping)
            throws InterruptedException {
        for (BatchConsumer consumer : started) {
            consumer.stop();
        }
    }
}
