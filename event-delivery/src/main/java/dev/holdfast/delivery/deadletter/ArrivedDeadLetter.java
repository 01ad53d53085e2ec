package dev.holdfast.delivery.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.holdfast.delivery.AmqpText;
import dev.holdfast.delivery.DeadLetters;
import dev.holdfast.delivery.Original;
import dev.holdfast.delivery.OutgoingProperties;
import dev.holdfast.delivery.Senders;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as it came out of a dead-letter queue, read as far as it can be: it may be anything.
 *
 * @param id the same for the same message id and body of the same sender on the same queue
 * @param eventId falls back to the order id, as the inbox does
 * @param sender the broker user who sent it, null where it named none
 * @param death tells one failure of this message from the next
 */
record ArrivedDeadLetter(
        UUID id,
        String queue,
        String messageId,
        @Nullable UUID eventId,
        @Nullable UUID orderId,
        @Nullable String type,
        @Nullable String sender,
        String properties,
        String headers,
        byte[] payload,
        int payloadBytes,
        String reason,
        String death) {
    private static final int TYPE_CHARACTERS_MAX = 100;
    private static final int MESSAGE_ID_CHARACTERS_MAX = 255;
    private static final JsonMapper JSON = new JsonMapper();

    /** @param payloadBytesMax how much of the body is kept */
    static ArrivedDeadLetter of(String queue, GetResponse message, int payloadBytesMax, Senders senders) {
        BasicProperties properties = message.getProps();
        byte[] body = message.getBody();
        Original original = Original.of(properties);
        Map<String, Object> headers = original.headers();
        Long sent = OutgoingProperties.bodyBytes(properties);
        int payloadBytes = sent == null ? body.length : (int) Math.clamp(sent, body.length, Integer.MAX_VALUE);
        String messageId = AmqpText.bounded(DeadLetters.messageId(properties, body), MESSAGE_ID_CHARACTERS_MAX);
        JsonNode event = payloadBytes <= payloadBytesMax ? object(body) : null;
        UUID orderId = uuid(event, "order_id");
        UUID eventId = uuid(event, "event_id");
        String sender = senders.ofDeadLetter(queue, properties, original, body);
        // What somebody else has sent in the same words is a dead letter of its own.
        String otherSender = senders.expected().equals(sender) ? "" : '\0' + (sender == null ? "" : sender);
        return new ArrivedDeadLetter(
                id(queue, messageId, otherSender, body, payloadBytes),
                queue,
                messageId,
                eventId == null ? orderId : eventId,
                orderId,
                type(event, properties),
                sender,
                AmqpText.write(original.properties()),
                AmqpText.write(headers),
                body.length <= payloadBytesMax ? body : Arrays.copyOf(body, payloadBytesMax),
                payloadBytes,
                AmqpText.bounded(reason(headers), DeadLetterTable.REASON_CHARACTERS_MAX),
                death(headers));
    }

    boolean truncated() {
        return payload.length < payloadBytes;
    }

    /** @param otherSender empty for the expected one: versions that know of no senders make the same id then */
    private static UUID id(String queue, String messageId, String otherSender, byte[] body, int payloadBytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((queue + '\0' + messageId + otherSender + '\0').getBytes(StandardCharsets.UTF_8));
            if (payloadBytes > body.length) {
                digest.update(Integer.toString(payloadBytes).getBytes(StandardCharsets.UTF_8));
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(body));
            // RFC 9562, section 5.8: version 8 is what an application makes by its own rule.
            return new UUID(
                    hash.getLong() & 0xFFFFFFFFFFFF0FFFL | 0x8000L,
                    hash.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private static @Nullable JsonNode object(byte[] body) {
        try {
            JsonNode read = JSON.readTree(body);
            return read != null && read.isObject() ? read : null;
        } catch (IOException noJson) {
            return null;
        }
    }

    private static @Nullable UUID uuid(@Nullable JsonNode event, String field) {
        String text = event == null ? "" : event.path(field).asText("");
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equalsIgnoreCase(text) ? uuid : null;
        } catch (IllegalArgumentException notAnId) {
            return null;
        }
    }

    private static @Nullable String type(@Nullable JsonNode event, BasicProperties properties) {
        String type = event != null && event.path("type").isTextual()
                ? event.path("type").asText()
                : properties.getType();
        return type == null ? null : AmqpText.bounded(type, TYPE_CHARACTERS_MAX);
    }

    /** Ours where this service gave it up, else the broker's. */
    private static String reason(Map<String, Object> headers) {
        Object own = headers.get(Topology.REASON_HEADER);
        if (own != null) {
            return own.toString();
        }
        return switch (String.valueOf(lastDeath(headers).get("reason"))) {
            case "delivery_limit" ->
                "delivered " + Topology.DELIVERY_LIMIT + " times without being acknowledged (delivery_limit)";
            case "null" -> "unknown: put there by neither the service nor the broker";
            case String other -> "set aside by the broker (" + other + ")";
        };
    }

    private static String death(Map<String, Object> headers) {
        Object own = headers.get(Topology.DEAD_LETTER_HEADER);
        if (own != null) {
            return AmqpText.bounded(own.toString(), TYPE_CHARACTERS_MAX);
        }
        Map<?, ?> last = lastDeath(headers);
        return AmqpText.bounded(
                "broker " + last.get("count") + ' ' + (last.get("time") instanceof String time ? time : ""),
                TYPE_CHARACTERS_MAX);
    }

    /** The first entry of {@code x-death} is the latest. */
    private static Map<?, ?> lastDeath(Map<String, Object> headers) {
        return headers.get("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.getFirst() instanceof Map<?, ?> last
                ? last
                : Map.of();
    }
}
