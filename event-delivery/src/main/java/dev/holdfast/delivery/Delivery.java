package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import dev.holdfast.event.Topology;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came with a message besides its body. */
record Delivery(BasicProperties properties) {
    @Nullable
    String header(String name) {
        Map<String, Object> headers = properties.getHeaders();
        Object value = headers == null ? null : headers.get(name);
        return value == null ? null : value.toString();
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
