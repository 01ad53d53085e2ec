package dev.holdfast.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AMQP properties and headers as JSON that the database can keep, bounded whatever was sent, and back again. */
public final class AmqpText {
    /** Tells how many headers were left out, because together they were too long. */
    static final String DROPPED_HEADER = "x-holdfast-headers-dropped";

    private static final int CHARACTERS_MAX = 1_000;
    private static final int ENTRIES_MAX = 50;
    private static final int DEPTH_MAX = 4;
    private static final int HEADERS_CHARACTERS_MAX = 16_384;
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};

    private AmqpText() {}

    /**
     * Text that PostgreSQL can keep: without U+0000 and halves of surrogate pairs, cut to the given number of
     * characters.
     */
    public static String bounded(String text, int charactersMax) {
        int end = text.codePointCount(0, text.length()) <= charactersMax
                ? text.length()
                : text.offsetByCodePoints(0, charactersMax);
        byte[] wellFormed = text.substring(0, end).replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
        return new String(wellFormed, StandardCharsets.UTF_8);
    }

    /** All properties but the message id and the headers, also those that the broker would act on. */
    static Map<String, String> properties(BasicProperties properties) {
        Map<String, String> kept = new LinkedHashMap<>();
        keep(kept, "type", properties.getType());
        keep(kept, "content_type", properties.getContentType());
        keep(kept, "content_encoding", properties.getContentEncoding());
        keep(kept, "correlation_id", properties.getCorrelationId());
        keep(kept, "app_id", properties.getAppId());
        keep(kept, "reply_to", properties.getReplyTo());
        keep(kept, "expiration", properties.getExpiration());
        keep(kept, "user_id", properties.getUserId());
        keep(kept, "cluster_id", properties.getClusterId());
        keep(kept, "priority", properties.getPriority());
        keep(kept, "delivery_mode", properties.getDeliveryMode());
        keep(
                kept,
                "timestamp",
                properties.getTimestamp() == null
                        ? null
                        : properties.getTimestamp().toInstant());
        return kept;
    }

    /** The headers as plain values of JSON; where they are too many, the first ones that fit. */
    static Map<String, Object> headers(Map<?, ?> headers) {
        Map<String, Object> kept = new LinkedHashMap<>();
        int characters = 0;
        int dropped = 0;
        for (Map.Entry<?, ?> header : headers.entrySet()) {
            String name = bounded(String.valueOf(header.getKey()), CHARACTERS_MAX);
            Object value = value(header.getValue(), 1);
            int length = kept.size() < ENTRIES_MAX ? write(Map.of(name, value)).length() : HEADERS_CHARACTERS_MAX;
            if (characters + length <= HEADERS_CHARACTERS_MAX) {
                kept.put(name, value);
                characters += length;
            } else {
                dropped++;
            }
        }
        if (dropped > 0) {
            kept.put(DROPPED_HEADER, dropped);
        }
        return kept;
    }

    /** @param json as this class wrote it */
    public static Map<String, String> readProperties(String json) {
        return read(json, TEXTS);
    }

    /** @param json as this class wrote it */
    public static Map<String, Object> readHeaders(String json) {
        return read(json, OBJECT);
    }

    /** Reads what anyone may have written; null where it is no JSON object. */
    static @Nullable Map<String, Object> readForeign(@Nullable Object json) {
        try {
            // Anything but a text may be nested deeper than a stack.
            return json instanceof LongString || json instanceof String
                    ? JSON.readValue(json.toString(), OBJECT)
                    : null;
        } catch (JsonProcessingException notOurs) {
            return null;
        }
    }

    private static void keep(Map<String, String> kept, String name, @Nullable Object value) {
        if (value != null) {
            kept.put(name, bounded(value.toString(), CHARACTERS_MAX));
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
            // Not even its text: that is as deep as the value.
            case Map<?, ?> table -> depth < DEPTH_MAX ? object(table, depth) : "{…}";
            case List<?> list -> {
                if (depth >= DEPTH_MAX) {
                    yield "[…]";
                }
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

    /** The maps that this class makes, as JSON. */
    public static String write(Object value) {
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
