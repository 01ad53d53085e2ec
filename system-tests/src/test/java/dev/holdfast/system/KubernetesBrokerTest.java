package dev.holdfast.system;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker of the production overlay, against the definitions that the local ones load. */
class KubernetesBrokerTest {
    private static Manifests production;
    private static JsonNode definitions;

    @BeforeAll
    static void read() throws IOException {
        production = Kustomize.render("k8s/overlays/production");
        definitions = new JsonMapper()
                .readTree(Path.of("../k8s/overlays/local/rabbitmq/definitions.json")
                        .toFile());
    }

    @Test
    void theBrokerHasWhatTheDefinitionsOfTheLocalOneSay() {
        assertThat(specs("Exchange", "name", "type")).isEqualTo(defined(definitions.path("exchanges"), "name", "type"));
        assertThat(specs("Binding", "source", "destinationType", "destination", "routingKey"))
                .isEqualTo(defined(
                        definitions.path("bindings"), "source", "destination_type", "destination", "routing_key"));
        assertThat(production.custom("Queue").map(it -> {
                    JsonNode spec = it.path("spec");
                    assertThat(spec.path("durable").asBoolean()).isTrue();
                    assertThat(spec.path("deletionPolicy").asText()).isEqualTo("retain");
                    return spec.path("name").asText() + spec.path("type").asText() + sorted(spec.path("arguments"));
                }))
                .containsExactlyInAnyOrderElementsOf(Stream.of(definitions.path("queues"))
                        .flatMap(JsonNode::valueStream)
                        .map(it -> {
                            Map<String, String> arguments = sorted(it.path("arguments"));
                            return it.path("name").asText() + arguments.remove("x-queue-type") + arguments;
                        })
                        .toList());
        JsonNode policy = definitions.at("/policies/0");
        assertThat(production.custom("Policy")).singleElement().satisfies(it -> {
            assertThat(it.at("/spec/pattern")).isEqualTo(policy.path("pattern"));
            assertThat(it.at("/spec/applyTo")).isEqualTo(policy.path("apply-to"));
            assertThat(it.at("/spec/definition")).isEqualTo(policy.path("definition"));
        });
    }

    @Test
    void eachUserOfTheBrokerMayWhatTheDefinitionsSayAndTheAutoscalerNothing() {
        Map<String, JsonNode> rights = new TreeMap<>();
        production.custom("Permission").forEach(it -> {
            String user = it.at("/spec/userReference/name").asText();
            assertThat(production.custom("User", user).at("/spec/tags").isMissingNode())
                    .isTrue();
            rights.put(user, it.at("/spec/permissions"));
        });
        assertThat(rights).containsOnlyKeys(Topology.ORDERS_USER, Topology.PAYMENTS_USER, "autoscaler");
        assertThat(rights.get("autoscaler"))
                .allSatisfy(it -> assertThat(it.asText()).isEqualTo("^$"));
        for (JsonNode defined : definitions.path("permissions")) {
            String user = defined.path("user").asText();
            if (!user.equals("@OPERATOR@")) {
                assertThat(sorted(rights.get(user)))
                        .isEqualTo(Map.of(
                                "configure", defined.path("configure").asText(),
                                "write", defined.path("write").asText(),
                                "read", defined.path("read").asText()));
            }
        }
    }

    private static Set<String> specs(String kind, String... fields) {
        return production
                .custom(kind)
                .map(it -> joined(it.path("spec"), fields))
                .collect(toSet());
    }

    private static Set<String> defined(JsonNode all, String... fields) {
        return all.valueStream().map(it -> joined(it, fields)).collect(toSet());
    }

    private static String joined(JsonNode object, String... fields) {
        return String.join(
                " ", Stream.of(fields).map(it -> object.path(it).asText()).toList());
    }

    private static Map<String, String> sorted(JsonNode object) {
        Map<String, String> sorted = new TreeMap<>();
        object.properties().forEach(it -> sorted.put(it.getKey(), it.getValue().asText()));
        return sorted;
    }
}
