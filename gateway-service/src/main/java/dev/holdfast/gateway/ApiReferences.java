package dev.holdfast.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** References such as {@code #/components/schemas/Account} within an OpenAPI document. */
final class ApiReferences {
    private static final String PREFIX = "#/components/";

    private ApiReferences() {}

    static String[] sectionAndName(String reference) {
        return reference.substring(PREFIX.length()).split("/", 2);
    }

    /** All references within the given JSON, those of a discriminator's mapping included. */
    static Set<String> in(Object json) {
        Set<String> found = new LinkedHashSet<>();
        collect(json, found);
        return found;
    }

    /** The components of the document that the given part of it refers to, directly or not, and its security schemes. */
    static Map<String, JsonObject> reachable(JsonObject part, JsonObject document) {
        JsonObject sections = document.getJsonObject("components", new JsonObject());
        Deque<String> open = new ArrayDeque<>(in(part));
        // Security schemes are named, not referred to.
        sections.getJsonObject("securitySchemes", new JsonObject())
                .fieldNames()
                .forEach(scheme -> open.add(PREFIX + "securitySchemes/" + scheme));
        Map<String, JsonObject> reached = new LinkedHashMap<>();
        while (!open.isEmpty()) {
            String reference = open.remove();
            String[] sectionAndName = sectionAndName(reference);
            JsonObject component =
                    sections.getJsonObject(sectionAndName[0], new JsonObject()).getJsonObject(sectionAndName[1]);
            if (component != null && reached.putIfAbsent(reference, component) == null) {
                open.addAll(in(component));
            }
        }
        return reached;
    }

    /** A copy in which each renamed reference has its new name. */
    static JsonObject rewritten(JsonObject json, Map<String, String> renamed) {
        JsonObject copy = new JsonObject();
        json.forEach(field -> copy.put(field.getKey(), rewrittenValue(field.getValue(), renamed)));
        return copy;
    }

    private static @Nullable Object rewrittenValue(@Nullable Object value, Map<String, String> renamed) {
        return switch (value) {
            case null -> null;
            case JsonObject object -> rewritten(object, renamed);
            case JsonArray array -> {
                JsonArray copy = new JsonArray();
                array.forEach(element -> copy.add(rewrittenValue(element, renamed)));
                yield copy;
            }
            case String text -> renamed.getOrDefault(text, text);
            default -> value;
        };
    }

    private static void collect(@Nullable Object value, Set<String> found) {
        switch (value) {
            case JsonObject object -> object.forEach(field -> collect(field.getValue(), found));
            case JsonArray array -> array.forEach(element -> collect(element, found));
            case String text when text.startsWith(PREFIX) && text.indexOf('/', PREFIX.length()) > 0 -> found.add(text);
            case null, default -> {}
        }
    }
}
