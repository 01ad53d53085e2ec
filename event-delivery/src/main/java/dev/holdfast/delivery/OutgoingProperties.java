package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import dev.holdfast.tracing.Traceparent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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

    /**
     * @param sender the broker user that publishes it: the broker refuses any other
     * @param subject the order's id, by which the broker chooses among several queues
     */
    static BasicProperties event(String sender, UUID eventId, UUID subject, String type, @Nullable String traceparent) {
        return new BasicProperties.Builder()
                .userId(sender)
                .messageId(eventId.toString())
                .correlationId(subject.toString())
                .type(type)
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .headers(traceparent == null ? null : Map.of(Traceparent.HEADER, traceparent))
                .build();
    }

    /**
     * Of a message that is set aside for this reason.
     *
     * @param sender the broker user that publishes it
     * @param sealed the headers that tell and prove which failure it is, and who sent the message
     */
    static BasicProperties deadLetter(
            String sender, String messageId, BasicProperties foreign, String reason, Map<String, Object> sealed) {
        Map<String, Object> own = new HashMap<>(sealed);
        own.put(Topology.REASON_HEADER, AmqpText.bounded(reason, REASON_CHARACTERS_MAX));
        Long bodyBytes = bodyBytes(foreign);
        if (bodyBytes != null) {
            own.put(Topology.BODY_BYTES_HEADER, bodyBytes);
        }
        return carrying(sender, messageId, Original.of(foreign), own);
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
                foreign.getUserId(),
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

    private static BasicProperties carrying(
            @Nullable String sender, @Nullable String messageId, Original original, Map<String, Object> own) {
        Map<String, Object> headers = new HashMap<>(own);
        Map<String, String> properties = original.properties();
        headers.put(Topology.PROPERTIES_HEADER, AmqpText.write(properties));
        headers.put(Topology.HEADERS_HEADER, AmqpText.write(original.headers()));
        String traceparent = shortString(original.text(Traceparent.HEADER));
        if (traceparent != null) {
            headers.put(Traceparent.HEADER, traceparent);
        }
        return new BasicProperties.Builder()
                .userId(sender)
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

    private static @Nullable String shortString(@Nullable String text) {
        return text == null ? null : cut(text);
    }

    /** As much of a text as is kept of one in a property. */
    static String cut(String text) {
        int end = text.length();
        while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > SHORT_STRING_BYTES_MAX) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }
}
