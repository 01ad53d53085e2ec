package dev.holdfast.delivery.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AMQP properties and headers as JSON that the database can keep, bounded whatever was sent, and back again for a
 * replay.
 */
final class AmqpText {
    private static final int CHARACTERS_MAX = 1_000;
    private static final int ENTRIES_MAX = 50;
    private static final int DEPTH_MAX = 4;
    private static final int HEADERS_CHARACTERS_MAX = 16_384;
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};

    private AmqpText() {}

    /** As PostgreSQL keeps text: without U+0000 and halves of surrogate pairs, and with so many characters at most. */
    static String bounded(String text, int charactersMax) {
        int end = text.codePointCount(0, text.length()) <= charactersMax
                ? text.length()
                : text.offsetByCodePoints(0, charactersMax);
        byte[] wellFormed = text.substring(0, end).replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
        return new String(wellFormed, StandardCharsets.UTF_8);
    }

    /** What tells more than how the broker was to handle the message. */
    static String properties(BasicProperties properties) {
        Map<String, String> kept = new LinkedHashMap<>();
        keep(kept, "type", properties.getType());
        keep(kept, "content_type", properties.getContentType());
        keep(kept, "content_encoding", properties.getContentEncoding());
        keep(kept, "correlation_id", properties.getCorrelationId());
        keep(kept, "app_id", properties.getAppId());
        return write(kept);
    }

    static String headers(@Nullable Map<String, Object> headers) {
        String all = write(object(headers == null ? Map.of() : headers, 0));
        return all.length() <= HEADERS_CHARACTERS_MAX
                ? all
                : write(Map.of("x-holdfast-headers-dropped", all.length() + " characters"));
    }

    static Map<String, String> readProperties(String json) {
        return read(json, TEXTS);
    }

    static Map<String, Object> readHeaders(String json) {
        return read(json, OBJECT);
    }

    /** The message as it was sent, as far as it was kept: without what its death added, and without values of no plain type. */
    static BasicProperties original(DeadLetter letter) {
        Map<String, Object> headers = new LinkedHashMap<>();
        letter.headers().forEach((name, value) -> {
            boolean plain = value instanceof String || value instanceof Number || value instanceof Boolean;
            if (plain && !isOfTheBroker(name)) {
                headers.put(name, value);
            }
        });
        Map<String, String> properties = letter.properties();
        return new BasicProperties.Builder()
                .messageId(letter.messageId())
                .type(properties.get("type"))
                .contentType(properties.get("content_type"))
                .contentEncoding(properties.get("content_encoding"))
                .correlationId(properties.get("correlation_id"))
                .appId(properties.get("app_id"))
                .deliveryMode(2)
                .headers(headers)
                .build();
    }

    private static boolean isOfTheBroker(String header) {
        return header.startsWith("x-holdfast-")
                || header.contains("-death")
                || header.equals("x-delivery-count")
                || header.equals("x-acquired-count");
    }

    private static void keep(Map<String, String> kept, String name, @Nullable String value) {
        if (value != null) {
            kept.put(name, bounded(value, CHARACTERS_MAX));
        }
    }

    private static Map<String, Object> object(Map<?, ?> table, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        table.entrySet().stream()
                .limit(ENTRIES_MAX)
                .forEach(entry -> object.put(
                        bounded(String.valueOf(entry.getKey()), CHARACTERS_MAX), value(entry.getValue(), depth + 1)));
        return object;
    }

    private static Object value(@Nullable Object value, int depth) {
        return switch (value) {
            case null -> "";
            case Map<?, ?> table when depth < DEPTH_MAX -> object(table, depth);
            case List<?> list
            when depth < DEPTH_MAX -> {
                List<Object> values = new ArrayList<>();
                list.stream().limit(ENTRIES_MAX).forEach(element -> values.add(value(element, depth + 1)));
                yield values;
            }
            case Boolean truth -> truth;
            case Integer number -> number;
            case Long number -> number;
            case Date date -> date.toInstant().toString();
            case byte[] bytes -> bounded(Base64.getEncoder().encodeToString(bytes), CHARACTERS_MAX);
            default -> bounded(value.toString(), CHARACTERS_MAX);
        };
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Texts could not be written as JSON", impossible);
        }
    }

    private static <T> T read(String json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("What this class wrote could not be read", impossible);
        }
    }
}
