package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The AMQP properties of every message that is published. Of a message that someone else sent only texts that mean
 * nothing to the broker are taken over (type, content type and the like, the trace); all of it goes along as data.
 */
public final class OutgoingProperties {
    /** AMQP 0-9-1, 4.2.5.3: what a short string has room for. */
    private static final int SHORT_STRING_BYTES_MAX = 255;

    private static final int PERSISTENT = 2;
    private static final int REASON_CHARACTERS_MAX = 1_000;

    private OutgoingProperties() {}

    static BasicProperties event(UUID eventId, String type, @Nullable String traceparent) {
        return new BasicProperties.Builder()
                .messageId(eventId.toString())
                .type(type)
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .headers(traceparent == null ? null : Map.of(TraceContext.HEADER, traceparent))
                .build();
    }

    /** Of a message that is set aside for this reason. */
    static BasicProperties deadLetter(String messageId, BasicProperties foreign, String reason) {
        Map<String, Object> own = new HashMap<>();
        own.put(Topology.REASON_HEADER, AmqpText.bounded(reason, REASON_CHARACTERS_MAX));
        own.put(Topology.DEAD_LETTER_HEADER, UUID.randomUUID().toString());
        Long bodyBytes = bodyBytes(foreign);
        if (bodyBytes != null) {
            own.put(Topology.BODY_BYTES_HEADER, bodyBytes);
        }
        return carrying(messageId, Original.of(foreign), own);
    }

    /** Of a dead letter that is sent to its queue again; what dead-lettering added is left out. */
    public static BasicProperties replay(@Nullable String messageId, Original original) {
        Map<String, Object> headers = new LinkedHashMap<>(original.headers());
        headers.keySet().removeIf(OutgoingProperties::isOfDeadLettering);
        return carrying(messageId, new Original(original.properties(), headers), Map.of());
    }

    /**
     * As a service goes on with a message whose headers or body are too long for it.
     *
     * @param cutBytes how long the body was, where only its beginning is kept from here on
     */
    static BasicProperties bounded(BasicProperties foreign, @Nullable Long cutBytes) {
        // It may have been cut before.
        Long bodyBytes = cutBytes == null ? bodyBytes(foreign) : cutBytes;
        return carrying(
                foreign.getMessageId(),
                Original.of(foreign),
                bodyBytes == null ? Map.of() : Map.of(Topology.BODY_BYTES_HEADER, bodyBytes));
    }

    /** The length of the body as it was sent, if only its beginning was kept. */
    public static @Nullable Long bodyBytes(BasicProperties properties) {
        Object bytes =
                properties.getHeaders() == null ? null : properties.getHeaders().get(Topology.BODY_BYTES_HEADER);
        return bytes instanceof Long count && count > 0 ? count : null;
    }

    private static BasicProperties carrying(@Nullable String messageId, Original original, Map<String, Object> own) {
        Map<String, Object> headers = new HashMap<>(own);
        Map<String, String> properties = original.properties();
        headers.put(Topology.PROPERTIES_HEADER, AmqpText.write(properties));
        headers.put(Topology.HEADERS_HEADER, AmqpText.write(original.headers()));
        String traceparent = shortString(original.text(TraceContext.HEADER));
        if (traceparent != null) {
            headers.put(TraceContext.HEADER, traceparent);
        }
        return new BasicProperties.Builder()
                .messageId(shortString(messageId))
                .type(shortString(properties.get("type")))
                .contentType(shortString(properties.get("content_type")))
                .contentEncoding(shortString(properties.get("content_encoding")))
                .correlationId(shortString(properties.get("correlation_id")))
                .appId(shortString(properties.get("app_id")))
                .deliveryMode(PERSISTENT)
                .headers(headers)
                .build();
    }

    private static boolean isOfDeadLettering(String header) {
        return header.startsWith("x-holdfast-")
                || header.contains("-death")
                || header.equals("x-delivery-count")
                || header.equals("x-acquired-count");
    }

    private static @Nullable String shortString(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int end = text.length();
        while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > SHORT_STRING_BYTES_MAX) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }
}
