package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.holdfast.money.Money;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.UUID;

/**
 * Exact and strict JSON: names in snake_case, money never through a double and written with two decimals, times with six,
 * and nothing that looks almost like the right type is taken for it.
 */
@Singleton
public final class JsonConventions implements ObjectMapperCustomizer {
    static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE_CASE =
            (PropertyNamingStrategies.SnakeCaseStrategy) PropertyNamingStrategies.SNAKE_CASE;

    /** After Quarkus' own modules, whose way to write times would come first otherwise. */
    @Override
    public int priority() {
        return MINIMUM_PRIORITY;
    }

    @Override
    @SuppressWarnings("deprecation") // The builder's way to set mapper features is not open to a customizer.
    public void customize(ObjectMapper mapper) {
        mapper.setPropertyNamingStrategy(SNAKE_CASE);
        mapper.configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false);
        mapper.enable(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        // Of two amounts in one object, which one is meant?
        mapper.getFactory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        // UTF-16 and UTF-32 are not looked for.
        mapper.getFactory()
                .configure(JsonFactory.Feature.CHARSET_DETECTION, false)
                .setInputDecorator(new Utf8Input());
        // A number is read only once its field is known, so that an endless one is refused by the field's name.
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNumberLength(RequestBodies.BYTES_MAX)
                        .build());
        refuse(mapper, LogicalType.Float, CoercionInputShape.String, CoercionInputShape.EmptyString);
        refuse(mapper, LogicalType.Integer, CoercionInputShape.String, CoercionInputShape.EmptyString);
        refuse(
                mapper,
                LogicalType.Textual,
                CoercionInputShape.Integer,
                CoercionInputShape.Float,
                CoercionInputShape.Boolean);
        mapper.registerModule(new SimpleModule("holdfast")
                .addSerializer(BigDecimal.class, new MoneySerializer())
                .addSerializer(Instant.class, new TimeSerializer())
                .addDeserializer(BigDecimal.class, new MoneyDeserializer())
                .addDeserializer(UUID.class, new StrictUuidDeserializer()));
    }

    private static void refuse(ObjectMapper mapper, LogicalType type, CoercionInputShape... shapes) {
        for (CoercionInputShape shape : shapes) {
            mapper.coercionConfigFor(type).setCoercion(shape, CoercionAction.Fail);
        }
    }

    /** Two decimals at least, so that 100 is written 100.00, and never an exponent. */
    private static final class MoneySerializer extends StdScalarSerializer<BigDecimal> {
        MoneySerializer() {
            super(BigDecimal.class);
        }

        @Override
        public void serialize(BigDecimal amount, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeNumber(
                    (amount.scale() < Money.DECIMALS ? amount.setScale(Money.DECIMALS) : amount).toPlainString());
        }
    }

    /** Six decimals always, as the database keeps them: a program may compare the texts, and sees one form. */
    private static final class TimeSerializer extends StdScalarSerializer<Instant> {
        private static final DateTimeFormatter MICROSECONDS =
                new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

        TimeSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(MICROSECONDS.format(time));
        }
    }

    /** Numbers only; one that is longer than any amount is refused by its length, without being calculated. */
    private static final class MoneyDeserializer extends StdScalarDeserializer<BigDecimal> {
        private static final int CHARACTERS_MAX = 100;

        MoneyDeserializer() {
            super(BigDecimal.class);
        }

        @Override
        public BigDecimal deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.currentToken().isNumeric()) {
                return (BigDecimal) context.handleUnexpectedToken(BigDecimal.class, json);
            }
            if (json.getTextLength() > CHARACTERS_MAX) {
                return (BigDecimal) context.handleWeirdNumberValue(BigDecimal.class, CHARACTERS_MAX, "too long");
            }
            return json.getDecimalValue();
        }
    }

    /** Jackson itself would take Base64 and short groups too. */
    private static final class StrictUuidDeserializer extends StdScalarDeserializer<UUID> {
        StrictUuidDeserializer() {
            super(UUID.class);
        }

        @Override
        public UUID deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return (UUID) context.handleUnexpectedToken(UUID.class, json);
            }
            String text = json.getText();
            try {
                return Identifiers.uuid(text);
            } catch (IllegalArgumentException notCanonical) {
                return (UUID) context.handleWeirdStringValue(UUID.class, text, "not a canonical UUID");
            }
        }
    }
}
