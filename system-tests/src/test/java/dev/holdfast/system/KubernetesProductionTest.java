package dev.holdfast.system;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.event.Topology;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The overlay for production: what the components make of the base, and what it leaves to the cluster. */
class KubernetesProductionTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");
    private static final Path COMPONENTS = Path.of("../k8s/components");

    private static Manifests production;

    @BeforeAll
    static void render() {
        production = Kustomize.render("k8s/overlays/production");
    }

    @Test
    void holdsNoSecretAndTheDocumentTellsEveryKeyOfThoseThatTheClusterProvides() throws IOException {
        assertThat(production.all(Secret.class)).isEmpty();
        Map<String, Set<String>> documented = new TreeMap<>();
        String section = Files.readString(Path.of("../docs/operations.md"))
                .replaceFirst("(?s).*\n## On Kubernetes\n", "")
                .replaceFirst("(?s)\n## .*", "");
        Pattern.compile("(?m)^ *\\| `([a-z-]+)` \\| ([^|]*) \\|")
                .matcher(section)
                .results()
                .forEach(row -> documented.put(
                        row.group(1),
                        Pattern.compile("`([\\w.-]+)`")
                                .matcher(row.group(2))
                                .results()
                                .map(it -> it.group(1))
                                .collect(toSet())));
        assertThat(documented).isEqualTo(secretsThatAreUsed());
    }

    @Test
    void imagesHaveDigestsAndEachVersionHasMigrationsOfItsOwn() {
        assertThat(production.pods().values())
                .flatExtracting(it -> it.getSpec().getContainers())
                .allSatisfy(it -> assertThat(it.getImage()).contains("@sha256:"));
        String version = production
                .one(Deployment.class, "order-service")
                .getMetadata()
                .getLabels()
                .get("app.kubernetes.io/version");
        assertThat(production.all(Job.class).map(it -> it.getMetadata().getName()))
                .containsExactlyInAnyOrder("order-migration-" + version, "payment-migration-" + version)
                .allMatch(it -> it.matches("[a-z0-9.-]{1,63}"));
    }

    @Test
    void theBrokerHasWhatTheDefinitionsOfTheLocalOneSay() throws IOException {
        JsonNode definitions = new JsonMapper()
                .readTree(Path.of("../k8s/overlays/local/rabbitmq/definitions.json")
                        .toFile());
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
    void eachUserOfTheBrokerMayWhatTheDefinitionsSayAndTheAutoscalerNothing() throws IOException {
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
        JsonNode definitions = new JsonMapper()
                .readTree(Path.of("../k8s/overlays/local/rabbitmq/definitions.json")
                        .toFile());
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

    @Test
    void bothDatabasesAreAlike() throws IOException {
        assertThat(Files.readString(COMPONENTS.resolve("postgres/payments-database.yaml"))
                        .replace("payment", "order"))
                .isEqualTo(Files.readString(COMPONENTS.resolve("postgres/orders-database.yaml")));
    }

    @Test
    void aCommitIsOnTwoMachinesAndTheServiceOwnsNothing() {
        assertThat(production.custom("Cluster").toList()).hasSize(2).allSatisfy(it -> {
            JsonNode spec = it.path("spec");
            assertThat(spec.path("instances").asInt()).isEqualTo(3);
            assertThat(spec.at("/postgresql/synchronous/number").asInt()).isEqualTo(1);
            assertThat(spec.at("/postgresql/synchronous/dataDurability").asText())
                    .isEqualTo("required");
            String role = spec.at("/managed/roles/0/name").asText();
            assertThat(spec.at("/bootstrap/initdb/database").asText()).isEqualTo(role);
            assertThat(spec.at("/bootstrap/initdb/owner").asText()).isEqualTo(role + "_owner");
            assertThat(spec.at("/managed/roles")).singleElement().satisfies(login -> {
                assertThat(login.path("superuser").asBoolean()).isFalse();
                assertThat(login.has("inRoles")).isFalse();
            });
            assertThat(production
                            .custom("ScheduledBackup", it.at("/metadata/name").asText())
                            .at("/spec/pluginConfiguration/name"))
                    .isEqualTo(spec.at("/plugins/0/name"));
            production.custom(
                    "ObjectStore",
                    spec.at("/plugins/0/parameters/barmanObjectName").asText());
        });
    }

    @Test
    void nothingIsCalledByAHostThatItsCertificateDoesNotName() {
        Set<String> named = production
                .all(Certificate.class)
                .flatMap(it -> it.getSpec().getDnsNames().stream())
                .collect(toSet());
        assertThat(SERVICES.stream()
                        .flatMap(it -> production.configuration(it).entrySet().stream())
                        .filter(it -> it.getKey().matches("(ORDERS|PAYMENTS)_URL|DATABASE_HOST"))
                        .map(it -> it.getValue().replace("https://", "")))
                .hasSize(5)
                .isSubsetOf(named);
        assertThat(production.one(HTTPRoute.class, "holdfast").getSpec().getHostnames())
                .isSubsetOf(named);
    }

    @Test
    void whatIsScaledHasNoNumberOfItsOwnAndIsScaledByTheQueueThatItReads() {
        assertThat(production.all(Deployment.class))
                .hasSize(3)
                .allSatisfy(it -> assertThat(it.getSpec().getReplicas()).isNull());
        assertThat(production
                        .one(HorizontalPodAutoscaler.class, "gateway-service")
                        .getSpec()
                        .getScaleTargetRef()
                        .getName())
                .isEqualTo("gateway-service");
        for (Map.Entry<String, String> service : Map.of(
                        "order-service", Topology.PAYMENT_RESULTS, "payment-service", Topology.PAYMENT_REQUESTS)
                .entrySet()) {
            JsonNode scaled = production.custom("ScaledObject", service.getKey());
            assertThat(scaled.at("/spec/scaleTargetRef/name").asText()).isEqualTo(service.getKey());
            assertThat(scaled.at("/spec/minReplicaCount").asInt()).isGreaterThan(1);
            assertThat(scaled.at("/spec/triggers/0/metadata/queueName").asText())
                    .isEqualTo(service.getValue());
            production.custom(
                    "TriggerAuthentication",
                    scaled.at("/spec/triggers/0/authenticationRef/name").asText());
        }
    }

    @Test
    void prometheusFindsTheManagementPortOfAllThree() {
        ServiceMonitor monitor = production.one(ServiceMonitor.class, "holdfast");
        assertThat(monitor.getSpec().getEndpoints()).singleElement().satisfies(it -> {
            assertThat(it.getPort()).isEqualTo("management");
            assertThat(it.getPath()).isEqualTo("/q/metrics");
        });
        assertThat(production
                        .all(Service.class)
                        .filter(it -> it.getMetadata()
                                .getLabels()
                                .entrySet()
                                .containsAll(monitor.getSpec()
                                        .getSelector()
                                        .getMatchLabels()
                                        .entrySet())))
                .hasSize(3)
                .allSatisfy(it -> {
                    PodTemplateSpec pod =
                            production.pods().get(it.getMetadata().getLabels().get("app.kubernetes.io/name"));
                    assertThat(pod.getMetadata().getLabels())
                            .containsAllEntriesOf(it.getSpec().getSelector());
                    assertThat(Manifests.portNames(pod))
                            .contains(it.getSpec()
                                    .getPorts()
                                    .getFirst()
                                    .getTargetPort()
                                    .getStrVal());
                });
    }

    /** By name, but for those that cert-manager makes: in variables, in volumes, and in what operators read. */
    private static Map<String, Set<String>> secretsThatAreUsed() {
        Map<String, Set<String>> used = new TreeMap<>();
        production.secretKeys().forEach(it -> add(used, it.getName(), it.getKey()));
        production.pods().values().forEach(pod -> addMounted(used, pod));
        production.custom("Cluster").forEach(it -> {
            addLogin(used, it.at("/spec/bootstrap/initdb/secret"));
            addLogin(used, it.at("/spec/managed/roles/0/passwordSecret"));
        });
        production.custom("User").forEach(it -> addLogin(used, it.at("/spec/importCredentialsSecret")));
        production
                .custom("ObjectStore")
                .flatMap(it -> it.at("/spec/configuration/s3Credentials").valueStream())
                .forEach(
                        it -> add(used, it.path("name").asText(), it.path("key").asText()));
        production
                .custom("TriggerAuthentication")
                .flatMap(it -> it.at("/spec/secretTargetRef").valueStream())
                .forEach(
                        it -> add(used, it.path("name").asText(), it.path("key").asText()));
        production.all(Certificate.class).forEach(it -> used.remove(it.getSpec().getSecretName()));
        return used;
    }

    /** The files of a mounted Secret are its keys; variables say which of them are read. */
    private static void addMounted(Map<String, Set<String>> used, PodTemplateSpec pod) {
        List<Volume> secrets = pod.getSpec().getVolumes().stream()
                .filter(it -> it.getSecret() != null)
                .toList();
        for (Volume volume : secrets) {
            for (VolumeMount mount : pod.getSpec().getContainers().getFirst().getVolumeMounts()) {
                if (mount.getName().equals(volume.getName())) {
                    pod.getSpec().getContainers().getFirst().getEnv().stream()
                            .filter(it -> it.getValue() != null)
                            .filter(it -> it.getValue().startsWith(mount.getMountPath() + "/"))
                            .forEach(it -> add(
                                    used,
                                    volume.getSecret().getSecretName(),
                                    it.getValue().substring(mount.getMountPath().length() + 1)));
                }
            }
        }
    }

    private static void addLogin(Map<String, Set<String>> used, JsonNode reference) {
        add(used, reference.path("name").asText(), "username");
        add(used, reference.path("name").asText(), "password");
    }

    private static void add(Map<String, Set<String>> used, String secret, String key) {
        used.computeIfAbsent(secret, it -> new TreeSet<>()).add(key);
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
