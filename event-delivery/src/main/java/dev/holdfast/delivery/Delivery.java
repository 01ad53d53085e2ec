package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import dev.holdfast.event.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came with a message besides its body, and where it is settled. */
record Delivery(BasicProperties properties, long tag, Unsettled unsettled) {
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

    /** Acknowledges many with as few frames as possible, whichever channels they came by. */
    static void acknowledge(Collection<Delivery> deliveries) {
        Map<Unsettled, List<Long>> tags = new HashMap<>();
        for (Delivery delivery : deliveries) {
            tags.computeIfAbsent(delivery.unsettled, any -> new ArrayList<>()).add(delivery.tag);
        }
        tags.forEach(Unsettled::acknowledge);
    }
}
