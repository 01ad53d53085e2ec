package dev.holdfast.system;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * What operators read, against their own schemas. Kinds that have a model in Java are checked by {@link Kustomize}; of the others
 * npm has some. All of them, those with a model too, are checked where there is a folder of their definitions (CRDs), as they
 * are installed in the cluster: {@code -Dholdfast.crds=FOLDER}.
 */
class CustomResourcesTest {
    private static final Path MODELS = Path.of("..", ".holdfast", "kubernetes-models");

    private static Manifests production;

    @BeforeAll
    static void render() {
        production = Kustomize.render("k8s/overlays/production");
    }

    @Test
    void fitTheModelsThatNpmHas(@TempDir Path folder) throws IOException, InterruptedException {
        if (!Files.exists(MODELS)) {
            throw new TestAbortedException("The models are not installed: ./holdfast test does it where there is npm");
        }
        // Beside its node_modules, where Node looks for what it imports.
        Path script = Files.copy(
                Path.of("src/test/kubernetes-models/validate.mjs"),
                MODELS.resolve("validate.mjs"),
                StandardCopyOption.REPLACE_EXISTING);
        Path resources = folder.resolve("resources.json");
        new JsonMapper().writeValue(resources.toFile(), production.custom());
        Process node = new ProcessBuilder("node", script.toString(), resources.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(output).isZero();
        assertThat(output).contains("Cluster orders-database", "ScaledObject order-service");
    }

    @Test
    void fitTheDefinitionsOfTheirKinds() throws IOException {
        Map<String, Schema> schemas = schemas();
        List<String> unknown = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (JsonNode resource : Kustomize.documents("k8s/overlays/production")) {
            String kind = kind(
                    resource.path("apiVersion").asText(), resource.path("kind").asText());
            Schema schema = schemas.get(kind);
            if (schema != null) {
                schema.validate(resource)
                        .forEach(it -> errors.add(kind + " " + resource.at("/metadata/name") + " "
                                + it.getInstanceLocation() + " " + it.getMessage()));
            } else if (production.custom().contains(resource)) {
                unknown.add(kind);
            }
        }
        assertThat(errors).isEmpty();
        if (!unknown.isEmpty()) {
            throw new TestAbortedException("not held against a definition, as -Dholdfast.crds=FOLDER names none: "
                    + unknown.stream().distinct().collect(joining(", ")));
        }
    }

    /** By version and kind; what they do not name is an error. Rules in CEL are not looked at. */
    private static Map<String, Schema> schemas() throws IOException {
        Map<String, Schema> schemas = new TreeMap<>();
        String folder = System.getProperty("holdfast.crds");
        if (folder == null) {
            return schemas;
        }
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            for (Path file : files.filter(it -> it.toString().endsWith(".yaml")).toList()) {
                try (var documents = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
                    documents.readAll().forEach(it -> add(schemas, it));
                }
            }
        }
        return schemas;
    }

    private static void add(Map<String, Schema> schemas, JsonNode definition) {
        for (JsonNode version : definition.at("/spec/versions")) {
            String apiVersion = definition.at("/spec/group").asText() + "/"
                    + version.path("name").asText();
            schemas.put(
                    kind(apiVersion, definition.at("/spec/names/kind").asText()),
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(close(version.at("/schema/openAPIV3Schema"))));
        }
    }

    private static JsonNode close(JsonNode node) {
        if (node instanceof ObjectNode schema
                && schema.path("properties").isObject()
                && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            schema.put("additionalProperties", false);
        }
        node.forEach(CustomResourcesTest::close);
        return node;
    }

    private static String kind(String apiVersion, String kind) {
        return apiVersion + " " + kind;
    }
}
