package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.BatchSpans;
import dev.holdfast.tracing.Spans;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The spans of messages, as OpenTelemetry's conventions for messaging name and describe them: one while a message is written
 * to the outbox, one while it is published, until the broker has it, and one for each attempt to apply it.
 */
@ApplicationScoped
class MessageSpans {
    private final Spans spans;

    MessageSpans(Spans spans) {
        this.spans = spans;
    }

    /** The messages carry the contexts of these spans, into the outbox. */
    BatchSpans create(List<OutboxMessage> messages) {
        List<@Nullable String> parents = parents(messages, message -> TraceContext.of(message.subject()));
        return spans.batch(parents, i -> {
            OutboxMessage message = messages.get(i);
            return span("create", SpanKind.PRODUCER, message.destination(), parents.get(i))
                    .setAttribute("messaging.operation.type", "create")
                    .setAttribute("messaging.message.id", message.id().toString())
                    .setAttribute("messaging.message.body.size", message.payload().length)
                    .setAttribute("holdfast.event.type", message.type())
                    .setAttribute(LogField.ORDER_ID, message.subject().toString());
        });
    }

    /** The messages carry the contexts of these spans, to the broker. */
    BatchSpans publish(List<OutboxEntry> entries) {
        List<@Nullable String> parents = parents(entries, entry -> entry.traceparent);
        return spans.batch(parents, i -> {
            OutboxEntry entry = entries.get(i);
            return span("publish", SpanKind.PRODUCER, entry.destination, parents.get(i))
                    .setAttribute("messaging.operation.type", "send")
                    .setAttribute("messaging.batch.message_count", entries.size())
                    .setAttribute("messaging.message.id", entry.eventId.toString())
                    .setAttribute("holdfast.event.type", entry.type);
        });
    }

    <E extends IntegrationEvent> BatchSpans process(String queue, List<Received<E>> batch) {
        List<@Nullable String> parents = parents(batch, Received::traceparent);
        return spans.batch(parents, i -> process(queue, batch.get(i).event(), parents.get(i), batch.size()));
    }

    /** For one that does not come from its queue. */
    BatchSpans process(String queue, IntegrationEvent event, @Nullable String traceparent) {
        List<@Nullable String> parents = new ArrayList<>();
        parents.add(traceparent);
        return spans.batch(parents, only -> process(queue, event, traceparent, 1));
    }

    private SpanBuilder process(String queue, IntegrationEvent event, @Nullable String parent, int batchSize) {
        UUID order = event.subject();
        return span("process", SpanKind.CONSUMER, queue, parent)
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.batch.message_count", batchSize)
                .setAttribute("messaging.message.id", event.eventId().toString())
                .setAttribute("holdfast.event.type", event.type())
                .setAttribute(LogField.ORDER_ID, order.toString());
    }

    private SpanBuilder span(String operation, SpanKind kind, String queue, @Nullable String parent) {
        return spans.span(operation + ' ' + queue, kind, parent)
                .setAttribute("messaging.system", "rabbitmq")
                .setAttribute("messaging.operation.name", operation)
                .setAttribute("messaging.destination.name", queue)
                .setAttribute("messaging.rabbitmq.destination.routing_key", queue);
    }

    /** Not {@code toList()}, which takes no null. */
    private static <T> List<@Nullable String> parents(List<T> batch, Function<T, @Nullable String> traceparent) {
        List<@Nullable String> parents = new ArrayList<>(batch.size());
        batch.forEach(each -> parents.add(traceparent.apply(each)));
        return parents;
    }
}
