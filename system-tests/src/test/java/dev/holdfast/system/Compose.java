package dev.holdfast.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What docker-compose.yml says. */
record Compose(JsonNode file) {
    private static final String MERGED = "<<";

    static Compose read() throws IOException {
        return new Compose(
                new YAMLMapper().readTree(Path.of("../docker-compose.yml").toFile()));
    }

    /** The variables of a service, with those that it has in common with others; what .env sets is not put in. */
    SortedMap<String, String> environment(String service) {
        SortedMap<String, String> environment = new TreeMap<>();
        add(file.at("/services/" + service + "/environment"), environment);
        return environment;
    }

    /** A setting of a service: its own, or else that of what it has in common with others; missing where there is none. */
    JsonNode setting(String service, String name) {
        return find(file.at("/services/" + service), name);
    }

    private JsonNode find(JsonNode settings, String name) {
        if (settings.has(name)) {
            return settings.get(name);
        }
        JsonNode merged = settings.path(MERGED);
        Stream<JsonNode> anchors = merged.isTextual() ? Stream.of(merged) : merged.valueStream();
        return anchors.map(anchor -> find(file.path("x-" + anchor.asText()), name))
                .filter(found -> !found.isMissingNode())
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** An anchor is called as the extension that it is at. */
    private void add(JsonNode variables, SortedMap<String, String> environment) {
        variables.properties().forEach(variable -> {
            String value = variable.getValue().asText();
            if (variable.getKey().equals(MERGED)) {
                add(file.get("x-" + value), environment);
            } else {
                environment.put(variable.getKey(), value);
            }
        });
    }
}
