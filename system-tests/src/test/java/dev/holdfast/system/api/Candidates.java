package dev.holdfast.system.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Values on both sides of each bound that a schema sets, and of all wrong types. Which of them are right, the schema itself
 * decides.
 */
final class Candidates {
    /**
     * @param field the property that it is about, empty for the value as a whole
     * @param value null for none
     */
    record Candidate(String field, JsonNode value) {}

    private static final JsonNodeFactory JSON = ServedApi.MAPPER.getNodeFactory();
    private static final String EMOJI = "\uD83D\uDE00";

    private final ServedApi api;
    private final Random random;

    Candidates(ServedApi api, Random random) {
        this.api = api;
        this.random = random;
    }

    /** One that is right, with fresh ids. */
    JsonNode base(JsonNode reference) {
        JsonNode schema = schema(reference);
        if (schema.has("properties")) {
            ObjectNode object = JSON.objectNode();
            schema.path("properties").properties().forEach(property -> {
                if (required(schema).contains(property.getKey())) {
                    object.set(property.getKey(), base(property.getValue()));
                }
            });
            return object;
        }
        return values(reference).stream()
                .filter(value -> api.schemas().errors(reference, value).isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no value is known for " + schema));
    }

    List<Candidate> of(JsonNode reference) {
        JsonNode schema = schema(reference);
        List<Candidate> all = new ArrayList<>();
        if (!schema.has("properties")) {
            values(reference).forEach(value -> all.add(new Candidate("", value)));
            return all;
        }
        for (JsonNode other : List.of(JSON.nullNode(), JSON.arrayNode(), JSON.textNode("text"), JSON.numberNode(5))) {
            all.add(new Candidate("", other));
        }
        ObjectNode unknown = (ObjectNode) base(reference);
        all.add(new Candidate("unknown_field", unknown.put("unknown_field", 1)));
        schema.path("properties").properties().forEach(property -> {
            String name = property.getKey();
            ObjectNode without = (ObjectNode) base(reference);
            without.remove(name);
            all.add(new Candidate(name, without));
            for (Candidate candidate : of(property.getValue())) {
                ObjectNode with = (ObjectNode) base(reference);
                with.set(name, candidate.value());
                all.add(new Candidate(candidate.field().isEmpty() ? name : candidate.field(), with));
            }
            items(property.getValue()).forEach(candidate -> {
                ObjectNode with = (ObjectNode) base(reference);
                with.set(name, candidate.value());
                all.add(new Candidate(candidate.field().isEmpty() ? name : candidate.field(), with));
            });
        });
        return all;
    }

    /** Lists with one item that may be wrong. */
    private List<Candidate> items(JsonNode reference) {
        JsonNode items = schema(reference).path("items");
        return items.isMissingNode()
                ? List.of()
                : of(items).stream()
                        .map(item -> new Candidate(
                                item.field(), JSON.arrayNode().add(base(items)).add(item.value())))
                        .toList();
    }

    private List<JsonNode> values(JsonNode reference) {
        JsonNode schema = schema(reference);
        List<JsonNode> values = new ArrayList<>();
        schema.path("enum").forEach(values::add);
        schema.path("examples").forEach(example -> {
            if (schema.has("pattern") && !schema.path("format").asText().equals("uuid")) {
                values.add(example);
            }
        });
        switch (type(schema)) {
            case "number" -> numbers(schema, new BigDecimal("0.01"), values);
            case "integer" -> {
                numbers(schema, BigDecimal.ONE, values);
                values.add(JSON.numberNode(new BigDecimal("1.5")));
            }
            case "string" -> strings(schema, values);
            case "array" -> arrays(schema, values);
            default -> {}
        }
        values.add(type(schema).equals("string") ? JSON.numberNode(5) : JSON.textNode("5"));
        values.addAll(List.of(JSON.nullNode(), JSON.booleanNode(true), JSON.arrayNode(), JSON.objectNode()));
        return values;
    }

    private void numbers(JsonNode schema, BigDecimal step, List<JsonNode> values) {
        values.add(JSON.numberNode(step.multiply(BigDecimal.valueOf(1 + random.nextInt(100)))));
        for (String bound : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            if (schema.has(bound)) {
                BigDecimal at = schema.path(bound).decimalValue();
                for (BigDecimal value : List.of(at.subtract(step), at, at.add(step))) {
                    values.add(JSON.numberNode(value));
                }
            }
        }
        if (schema.has("multipleOf")) {
            values.add(JSON.numberNode(schema.path("multipleOf").decimalValue().movePointLeft(1)));
        }
    }

    private void strings(JsonNode schema, List<JsonNode> values) {
        if (schema.path("format").asText().equals("uuid")) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            values.add(JSON.textNode(id.toString()));
            values.add(JSON.textNode(id.toString().toUpperCase(Locale.ROOT)));
            values.add(JSON.textNode(id.toString().replace("-", "")));
            values.add(JSON.textNode(id + "0"));
        } else {
            values.add(JSON.textNode("%016x".formatted(random.nextLong())));
        }
        if (schema.has("pattern")) {
            for (String character :
                    List.of("\u0000", "\u001b", "\t", "\r", "\r\n", "\u0085", "\u200e", "\u202e", "\u2069")) {
                values.add(JSON.textNode("a" + character + "b"));
            }
        }
        int min = schema.path("minLength").asInt(0);
        int max = schema.path("maxLength").asInt(0);
        for (int length : new int[] {min - 1, min, max, max + 1}) {
            if (length >= 0 && (schema.has("minLength") || schema.has("maxLength"))) {
                values.add(JSON.textNode("~".repeat(length)));
                values.add(JSON.textNode(EMOJI.repeat(length)));
            }
        }
    }

    private void arrays(JsonNode schema, List<JsonNode> values) {
        int min = schema.path("minItems").asInt(0);
        int max = schema.path("maxItems").asInt(1);
        for (int length : new int[] {Math.max(min, 1), max, min - 1, max + 1}) {
            if (length >= 0) {
                values.add(array(length, () -> base(schema.path("items"))));
            }
        }
    }

    private static ArrayNode array(int length, Supplier<JsonNode> item) {
        ArrayNode array = JSON.arrayNode(length);
        for (int i = 0; i < length; i++) {
            array.add(item.get());
        }
        return array;
    }

    /** Without the reference, and without "or null". */
    private JsonNode schema(JsonNode reference) {
        JsonNode schema = api.resolve(reference);
        return schema.has("anyOf") ? schema(schema.path("anyOf").path(0)) : schema;
    }

    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.path(0).asText() : type.asText();
    }

    private static List<String> required(JsonNode schema) {
        List<String> names = new ArrayList<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        return names;
    }
}
