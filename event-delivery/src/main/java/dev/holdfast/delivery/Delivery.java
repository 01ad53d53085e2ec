package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import dev.holdfast.event.Topology;
import dev.holdfast.tracing.Traceparent;
import java.util.Map;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** What came with a message besides its body. */
record Delivery(BasicProperties properties) {
    static Delivery of(Message<?> message) {
        return message.getMetadata(Delivery.class).orElseThrow();
    }

    /** The trace that it goes on with; null where it carries none, or not one of the standard's form. */
    @Nullable
    String traceparent() {
        Map<String, Object> headers = properties.getHeaders();
        Object carried = headers == null ? null : headers.get(Traceparent.HEADER);
        return carried != null && Traceparent.isValid(carried.toString()) ? carried.toString() : null;
    }

    /** How long the properties and headers are that were too long to be kept as they were; others are short. */
    int carriedCharacters() {
        Map<String, Object> headers = properties.getHeaders();
        return headers == null
                ? 0
                : length(headers.get(Topology.PROPERTIES_HEADER)) + length(headers.get(Topology.HEADERS_HEADER));
    }

    private static int length(@Nullable Object carried) {
        return carried instanceof LongString text ? (int) text.length() : 0;
    }
}
