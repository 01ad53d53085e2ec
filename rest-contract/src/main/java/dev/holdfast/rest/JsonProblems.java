package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.holdfast.money.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells from Jackson's exceptions which field was wrong and what it must be, in the words of JSON. */
final class JsonProblems {
    private JsonProblems() {}

    static Problem explain(JsonProcessingException wrong) {
        return switch (wrong) {
            case UnrecognizedPropertyException unknown ->
                Problem.invalid(field(unknown), "is not a field of this request");
            case MismatchedInputException mismatch -> Problem.invalid(field(mismatch), expected(mismatch));
            case JsonMappingException mapping
            when mapping.getCause() instanceof InputCoercionException range ->
                Problem.invalid(field(mapping), expected(range.getTargetType()));
            default -> malformed(wrong);
        };
    }

    private static Problem malformed(JsonProcessingException wrong) {
        String place = wrong.getLocation() == null
                ? ""
                : " at line %d, column %d"
                        .formatted(
                                wrong.getLocation().getLineNr(),
                                wrong.getLocation().getColumnNr());
        // Jackson has no type of its own for it.
        boolean twice = String.valueOf(wrong.getOriginalMessage()).startsWith("Duplicate field");
        return Problem.withErrors(
                400,
                Problem.MALFORMED_JSON,
                (twice ? "The body has a field twice" : "The body is not valid JSON") + place + ".",
                List.of(new FieldError(field(wrong), twice ? "must be given once" : "is not valid JSON")));
    }

    private static String field(JsonProcessingException wrong) {
        if (wrong instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            StringBuilder path = new StringBuilder();
            for (JsonMappingException.Reference step : mapping.getPath()) {
                if (step.getFieldName() == null) {
                    path.append('[').append(step.getIndex()).append(']');
                } else {
                    path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
                }
            }
            return path.toString();
        }
        if (wrong.getProcessor() instanceof JsonParser parser) {
            JsonStreamContext context = parser.getParsingContext();
            String name = context == null ? null : context.getCurrentName();
            if (name != null) {
                return name;
            }
        }
        return "body";
    }

    private static String expected(MismatchedInputException mismatch) {
        if (mismatch instanceof InvalidFormatException && mismatch.getTargetType() == BigDecimal.class) {
            return Money.RULE;
        }
        return mismatch.getPath().isEmpty() ? "must be a JSON object" : expected(mismatch.getTargetType());
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == BigDecimal.class) {
            return "must be a number";
        }
        if (type == int.class || type == Integer.class) {
            return "must be a whole number";
        }
        if (type == String.class) {
            return "must be a string";
        }
        if (type == UUID.class) {
            return ParameterConverters.MUST_BE_A_UUID;
        }
        if (type == Instant.class) {
            return "must be a time such as 2026-01-31T12:00:00Z";
        }
        if (type != null && type.isEnum()) {
            return "must be one of the names that the document lists";
        }
        return "has the wrong type";
    }
}
