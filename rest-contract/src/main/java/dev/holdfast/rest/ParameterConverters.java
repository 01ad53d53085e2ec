package dev.holdfast.rest;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads path, query and header parameters strictly; a wrong one is answered with 400 that names it. */
@Provider
public final class ParameterConverters implements ParamConverterProvider {
    /** What JSON Schema can say of a time. */
    static final String TIME_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z$";

    static final String TIME_EXAMPLE = "2026-01-31T12:00:00Z";

    /** The largest whole number of a parameter, for JSON Schema. */
    public static final String WHOLE_NUMBER_MAX = "999999999999999";

    static final String MUST_BE_A_UUID = "must be a UUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    @Override
    @SuppressWarnings("unchecked") // The converter was just chosen by the type.
    public <T> @Nullable ParamConverter<T> getConverter(
            Class<T> rawType, Type genericType, Annotation @Nullable [] annotations) {
        String named = name(annotations);
        String name = named == null ? "parameter" : named;
        if (rawType == UUID.class) {
            return (ParamConverter<T>) new Strict<>(name, MUST_BE_A_UUID, Identifiers::uuid);
        }
        if (rawType == PageLimit.class) {
            return (ParamConverter<T>)
                    new Strict<>(name, "must be a whole number from 1 to " + PageLimit.MAX, PageLimit::parse);
        }
        if (rawType == Cursor.class) {
            return (ParamConverter<T>)
                    new Strict<>(name, "must be taken from the Link header of a page", Cursor::parse);
        }
        if (rawType == IdempotencyKey.class) {
            return (ParamConverter<T>) new Strict<>(name, IdempotencyKey.RULE, IdempotencyKey::parse);
        }
        if (rawType == Instant.class) {
            return (ParamConverter<T>)
                    new Strict<>(name, "must be a time in UTC such as " + TIME_EXAMPLE, ParameterConverters::instant);
        }
        if (rawType == Long.class) {
            return (ParamConverter<T>) new Strict<>(
                    name, "must be a whole number from 0 to " + WHOLE_NUMBER_MAX, ParameterConverters::wholeNumber);
        }
        if (rawType == Boolean.class) {
            return (ParamConverter<T>) new Strict<>(name, "must be true or false", ParameterConverters::bool);
        }
        if (rawType.isEnum()) {
            String names = Arrays.stream(rawType.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(", "));
            return new Strict<>(name, "must be one of " + names, text -> constant(rawType, text));
        }
        return null;
    }

    /** Years of four digits: all of them are times to the database. */
    private static Instant instant(String text) {
        if (!text.matches(TIME_PATTERN)) {
            throw new IllegalArgumentException("not a time in UTC");
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException noSuchDay) {
            throw new IllegalArgumentException(noSuchDay);
        }
    }

    private static Long wholeNumber(String text) {
        if (!text.matches("0|[1-9][0-9]{0," + (WHOLE_NUMBER_MAX.length() - 1) + "}")) {
            throw new IllegalArgumentException("not a whole number");
        }
        return Long.valueOf(text);
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither");
        };
    }

    private static <T> T constant(Class<T> type, String text) {
        for (T constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("not a constant");
    }

    /** The name in the path, the query or a header; null where there is none. */
    static @Nullable String name(Annotation @Nullable [] annotations) {
        if (annotations != null) {
            for (Annotation annotation : annotations) {
                switch (annotation) {
                    case PathParam path -> {
                        return path.value();
                    }
                    case QueryParam query -> {
                        return query.value();
                    }
                    case HeaderParam header -> {
                        return header.value();
                    }
                    default -> {}
                }
            }
        }
        return null;
    }

    private record Strict<T>(String name, String rule, Function<String, T> reader) implements ParamConverter<T> {
        @Override
        public @Nullable T fromString(@Nullable String text) {
            if (text == null) {
                return null;
            }
            try {
                return reader.apply(text);
            } catch (IllegalArgumentException wrong) {
                // As it is, it would be taken for a fault of this service, or of a path parameter for 404.
                throw new BadRequestException(Problem.invalid(name, rule));
            }
        }

        @Override
        public String toString(T value) {
            return value.toString();
        }
    }
}
