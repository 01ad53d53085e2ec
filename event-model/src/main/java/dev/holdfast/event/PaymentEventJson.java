package dev.holdfast.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.holdfast.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of {@link PaymentEvent}s: {@code {event_id, type, order_id, user_id, amount, occurred_at}} and {@code reason}
 * on failures. Amounts are numbers with two decimals, times are ISO 8601 in UTC.
 */
public final class PaymentEventJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .withCoercionConfig(
                    LogicalType.Float, floats -> floats.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
            .build();
    private static final ObjectReader READER = MAPPER.readerFor(Wire.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(Wire.class);

    private static final Set<String> TYPES = Set.of(PaymentRequested.TYPE, PaymentSucceeded.TYPE, PaymentFailed.TYPE);

    private PaymentEventJson() {}

    /** Writes the event as UTF-8 JSON. */
    public static byte[] write(PaymentEvent event) {
        FailureReason reason = switch (event) {
            case PaymentFailed failed -> failed.reason();
            case PaymentRequested requested -> null;
            case PaymentSucceeded succeeded -> null;
        };
        Wire wire = new Wire(
                event.eventId(),
                event.type(),
                event.orderId(),
                event.userId(),
                Money.exact(event.amount()),
                event.occurredAt(),
                reason);
        try {
            return WRITER.writeValueAsBytes(wire);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An event could not be written as JSON", impossible);
        }
    }

    /**
     * Reads an event. Fields that this version does not know are ignored; a missing {@code event_id} is taken from the
     * order id, so that such an event is still applied once.
     *
     * @throws MalformedEventException names what is wrong: no JSON, an unknown type, a missing or invalid field
     */
    public static PaymentEvent read(byte[] json) throws MalformedEventException {
        Wire wire;
        try {
            wire = READER.readValue(json);
        } catch (IOException e) {
            throw new MalformedEventException("not a payment event in JSON: " + explain(e), e);
        }
        if (wire == null) {
            throw new MalformedEventException("not a payment event in JSON: null");
        }
        String type = required("type", wire.type);
        if (!TYPES.contains(type)) {
            // First of all: it may have other fields.
            throw new MalformedEventException("unknown type '" + type + "', which a newer version may know");
        }
        UUID orderId = required("order_id", wire.orderId);
        UUID userId = required("user_id", wire.userId);
        BigDecimal amount = amount(required("amount", wire.amount));
        Instant occurredAt = required("occurred_at", wire.occurredAt);
        UUID eventId = wire.eventId == null ? orderId : wire.eventId;
        return switch (type) {
            case PaymentRequested.TYPE -> new PaymentRequested(eventId, orderId, userId, amount, occurredAt);
            case PaymentSucceeded.TYPE -> new PaymentSucceeded(eventId, orderId, userId, amount, occurredAt);
            case PaymentFailed.TYPE ->
                new PaymentFailed(eventId, orderId, userId, amount, occurredAt, required("reason", wire.reason));
            default -> throw new IllegalStateException("a type without an event: " + type);
        };
    }

    /** In words of our own: Jackson's name the classes of this program. */
    private static String explain(IOException wrong) {
        if (wrong instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return "field '" + mapping.getPath().getFirst().getFieldName() + "' has the wrong type or form";
        }
        JsonLocation place = wrong instanceof JsonProcessingException parsing ? parsing.getLocation() : null;
        return place == null
                ? "it cannot be read"
                : "it ends or is wrong at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
    }

    private static <T> T required(String field, @Nullable T value) throws MalformedEventException {
        if (value == null) {
            throw new MalformedEventException("missing field '" + field + "'");
        }
        return value;
    }

    private static BigDecimal amount(BigDecimal amount) throws MalformedEventException {
        if (!Money.isAmount(amount)) {
            throw new MalformedEventException("field 'amount' " + Money.RULE);
        }
        return Money.exact(amount);
    }

    /** One flat shape for reading and writing; the sealed types are made from it after its fields are checked. */
    record Wire(
            @JsonProperty("event_id") @Nullable UUID eventId,
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("order_id") @Nullable UUID orderId,
            @JsonProperty("user_id") @Nullable UUID userId,
            @JsonProperty("amount") @Nullable BigDecimal amount,
            @JsonProperty("occurred_at") @Nullable Instant occurredAt,

            @JsonProperty("reason") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            FailureReason reason) {}
}
