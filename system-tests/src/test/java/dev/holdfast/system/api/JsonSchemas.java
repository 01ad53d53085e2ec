package dev.holdfast.system.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Validates by the schemas of an OpenAPI 3.1 document, which are JSON Schema 2020-12; formats count. */
public final class JsonSchemas {
    private final JsonNode components;
    private final JsonNode closedComponents;
    private final Map<JsonNode, Schema> open = new ConcurrentHashMap<>();
    private final Map<JsonNode, Schema> closed = new ConcurrentHashMap<>();

    JsonSchemas(JsonNode document) {
        components = document.path("components");
        closedComponents = close(components.deepCopy());
    }

    /** What is wrong with the value; empty where nothing is. */
    public List<String> errors(JsonNode schema, JsonNode value) {
        return errors(open.computeIfAbsent(schema, it -> compile(it.deepCopy(), components)), value);
    }

    /** The same, where a property that the schema does not name is wrong too. */
    public List<String> errorsAndUnknowns(JsonNode schema, JsonNode value) {
        return errors(closed.computeIfAbsent(schema, it -> compile(close(it.deepCopy()), closedComponents)), value);
    }

    private static List<String> errors(Schema schema, JsonNode value) {
        return schema
                .validate(value, execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    private static Schema compile(ObjectNode schema, JsonNode components) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema.set("components", components));
    }

    private static <T extends JsonNode> T close(T node) {
        if (node instanceof ObjectNode schema && schema.path("properties").isObject()) {
            schema.put("unevaluatedProperties", false);
        }
        node.forEach(JsonSchemas::close);
        return node;
    }
}
