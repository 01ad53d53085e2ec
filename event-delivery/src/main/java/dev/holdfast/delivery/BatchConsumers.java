package dev.holdfast.delivery;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.event.IntegrationEvent;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.BatchSpans;
import dev.holdfast.tracing.Traceparent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the consumers of a service, which end with it. */
@ApplicationScoped
public class BatchConsumers {
    /** Told when a consumer starts on this queue. */
    public record Started(String queue) {}

    private static final Logger LOG = Logger.getLogger(BatchConsumers.class);

    private final Workers workers;
    private final Senders senders;
    private final MessageSpans spans;
    private final DeliveryConfig config;
    private final MeterRegistry metrics;
    private final Event<Started> startedEvent;
    private final Map<String, EventHandler<?>> handlers = new ConcurrentHashMap<>();

    BatchConsumers(
            Workers workers,
            Senders senders,
            MessageSpans spans,
            DeliveryConfig config,
            MeterRegistry metrics,
            Event<Started> startedEvent) {
        this.workers = workers;
        this.senders = senders;
        this.spans = spans;
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
        BatchConsumer<E> consumer = new BatchConsumer<>(queue, handler, senders, spans, config.consumer(), metrics);
        handlers.put(queue, handler);
        consumer.start(workers);
        startedEvent.fire(new Started(queue));
        return consumer;
    }

    /**
     * Applies one message as the consumer of its queue would, in this thread and once: the inbox drops an event that was applied
     * before.
     *
     * @param queue one whose consumer has been started
     * @param traceparent the trace it goes on with, or null
     */
    public Attempt applyOnce(String queue, byte[] body, @Nullable String traceparent) {
        EventHandler<?> handler = handlers.get(queue);
        if (handler == null) {
            return new Attempt.Later("this service does not consume the queue " + queue);
        }
        return applyOnce(queue, handler, body, traceparent);
    }

    private <E extends IntegrationEvent> Attempt applyOnce(
            String queue, EventHandler<E> handler, byte[] body, @Nullable String traceparent) {
        E event;
        try {
            event = handler.read(body);
        } catch (MalformedEventException e) {
            return new Attempt.Failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("A dead letter cannot be read", e);
            return new Attempt.Failed(BatchConsumer.UNREADABLE);
        }
        String parent = traceparent != null && Traceparent.isValid(traceparent) ? traceparent : null;
        try (BatchSpans processed = spans.process(queue, event, parent)) {
            String trace = processed.traceparent(0);
            return TraceContext.call(
                    subject -> subject.equals(event.subject()) ? trace : null,
                    trace,
                    () -> applyOnce(handler, event, processed));
        }
    }

    private static <E extends IntegrationEvent> Attempt applyOnce(
            EventHandler<E> handler, E event, BatchSpans processed) {
        try {
            Set<UUID> leftOut = handler.on(List.of(event));
            return leftOut.isEmpty() ? new Attempt.Applied() : new Attempt.Later("a row that it needs is locked");
        } catch (PoisonEventException e) {
            processed.failed(e);
            return new Attempt.Failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            processed.failed(e);
            // What it failed with may name classes and tables: that is for the log.
            if (PassingFailure.is(e)) {
                LOG.warnf(
                        "Event %s of order %s could not be applied: %s",
                        event.eventId(), LogField.order(event.subject()), e);
                return new Attempt.Later("the database did not take it, the log says why");
            }
            LOG.errorf(e, "Event %s of order %s failed", event.eventId(), LogField.order(event.subject()));
            return new Attempt.Failed("failed, the log says with what");
        }
    }
}
