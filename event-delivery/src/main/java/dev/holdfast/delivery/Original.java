package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import dev.holdfast.tracing.Traceparent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a message of anyone carried besides its id and body, as data: bounded, and never used as properties or headers
 * again, since the broker acts on some of them (expiration, user id, {@code CC}, {@code x-death}, a delay).
 *
 * @param properties by the names of {@link AmqpText#properties}
 * @param headers plain values of JSON; also what this service or the broker wrote when it set the message aside
 */
public record Original(Map<String, String> properties, Map<String, Object> headers) {
    /** These are kept first if there is not enough room for all. */
    private static final List<String> FIRST = List.of(
            Topology.REASON_HEADER,
            Topology.DEAD_LETTER_HEADER,
            Topology.SENDER_HEADER,
            Topology.SEAL_HEADER,
            Traceparent.HEADER,
            "x-death");

    /** Reads them where an earlier stop on the message's way has kept them as data already, or else as they are. */
    public static Original of(BasicProperties properties) {
        Map<String, Object> headers = properties.getHeaders() == null ? Map.of() : properties.getHeaders();
        Map<String, Object> kept = AmqpText.readForeign(headers.get(Topology.PROPERTIES_HEADER));
        Map<String, String> keptProperties = AmqpText.properties(properties);
        if (kept != null) {
            keptProperties = new LinkedHashMap<>();
            for (Map.Entry<String, Object> property : AmqpText.headers(kept).entrySet()) {
                keptProperties.put(property.getKey(), property.getValue().toString());
            }
        }
        return new Original(keptProperties, AmqpText.headers(merged(headers)));
    }

    /** The header of this name if it is a text; null otherwise. */
    public @Nullable String text(String header) {
        return headers.get(header) instanceof String text ? text : null;
    }

    private static Map<String, Object> merged(Map<String, Object> headers) {
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, Object> kept = AmqpText.readForeign(headers.get(Topology.HEADERS_HEADER));
        if (kept != null) {
            all.putAll(kept);
        }
        all.putAll(headers);
        all.remove(Topology.PROPERTIES_HEADER);
        all.remove(Topology.HEADERS_HEADER);
        Map<String, Object> ordered = new LinkedHashMap<>();
        for (String first : FIRST) {
            if (all.containsKey(first)) {
                ordered.put(first, all.remove(first));
            }
        }
        ordered.putAll(all);
        return ordered;
    }
}
