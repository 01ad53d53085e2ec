package dev.holdfast.gateway;

import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** References such as {@code #/components/schemas/Account} within an OpenAPI document, those of a discriminator's mapping included. */
final class ApiReferences {
    private static final String PREFIX = "#/components/";
    private static final Pattern QUOTED = Pattern.compile("\"(" + PREFIX + "[^\"/]+/[^\"]+)\"");

    private ApiReferences() {}

    static String[] sectionAndName(String reference) {
        return reference.substring(PREFIX.length()).split("/", 2);
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
    static JsonObject renamed(JsonObject json, Map<String, String> newNames) {
        return new JsonObject(QUOTED.matcher(json.encode())
                .replaceAll(quoted ->
                        Matcher.quoteReplacement('"' + newNames.getOrDefault(quoted.group(1), quoted.group(1)) + '"')));
    }

    private static List<String> in(JsonObject json) {
        return QUOTED.matcher(json.encode())
                .results()
                .map(quoted -> quoted.group(1))
                .toList();
    }
}
