package dev.holdfast.system;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.event.Topology;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The overlay for production: what the components make of the base, and how that fits together. */
class KubernetesProductionTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");
    private static final Map<String, String> READS =
            Map.of("order-service", Topology.PAYMENT_RESULTS, "payment-service", Topology.PAYMENT_REQUESTS);
    private static final int MESSAGES_OF_A_REPLICA = 10_000;
    private static final Path COMPONENTS = Path.of("../k8s/components");
    private static final Path OVERLAY = Path.of("../k8s/overlays/production");

    private static Manifests production;

    @BeforeAll
    static void render() {
        production = Kustomize.render("k8s/overlays/production");
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
            assertThat(spec.at("/postgresql/parameters/archive_timeout").asText())
                    .as("docs/restore.md")
                    .isEqualTo("60s");
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
    void whatIsScaledHasNoNumberOfItsOwn() {
        assertThat(production.all(Deployment.class))
                .hasSize(3)
                .allSatisfy(it -> assertThat(it.getSpec().getReplicas()).isNull());
        assertThat(production
                        .one(HorizontalPodAutoscaler.class, "gateway-service")
                        .getSpec()
                        .getScaleTargetRef()
                        .getName())
                .isEqualTo("gateway-service");
        for (String service : READS.keySet()) {
            JsonNode scaled = production.custom("ScaledObject", service);
            assertThat(scaled.at("/spec/scaleTargetRef/name").asText()).isEqualTo(service);
            assertThat(scaled.at("/spec/minReplicaCount").asInt()).isGreaterThan(1);
        }
    }

    @Test
    void eachServiceIsScaledByTheQueuesThatItReads() throws IOException {
        assertScaledByItsQueues(production, 1);
        assertScaledByItsQueues(
                withComponents(
                        "with-two-queues",
                        Pattern.compile("(?m)^  - gateway-api\n"),
                        "$0  - ../../../k8s/components/two-queues\n"),
                2);
    }

    private static void assertScaledByItsQueues(Manifests manifests, int queues) {
        READS.forEach((service, first) -> {
            assertThat(manifests.configuration(service).getOrDefault("AMQP_QUEUES", "1"))
                    .isEqualTo(Integer.toString(queues));
            List<JsonNode> triggers = manifests
                    .custom("ScaledObject", service)
                    .at("/spec/triggers")
                    .valueStream()
                    .filter(it -> it.path("type").asText().equals("rabbitmq"))
                    .toList();
            assertThat(triggers)
                    .extracting(it -> it.at("/metadata/queueName").asText())
                    .containsExactlyElementsOf(Topology.queues(first, queues));
            assertThat(triggers).allSatisfy(it -> {
                // The one that wants the most replicas decides, so each has its part of the messages.
                assertThat(it.at("/metadata/value").asInt() * queues).isEqualTo(MESSAGES_OF_A_REPLICA);
                manifests.custom(
                        "TriggerAuthentication",
                        it.at("/authenticationRef/name").asText());
            });
        });
    }

    /** Nothing else in the overlay asks for it: neither a patch nor a replacement. */
    @ParameterizedTest
    @MethodSource("components")
    void eachComponentCanBeLeftOut(String component) throws IOException {
        Manifests without =
                withComponents("without-" + component, Pattern.compile("(?m)^  - (\\S*/)?" + component + "\n"), "");

        assertThat(without.all(Deployment.class)).hasSize(3);
        assertThat(without).isNotEqualTo(production);
    }

    /** What would render without them, and not work: so those who leave one out are told. */
    @Test
    void whatAComponentNeedsComesBeforeItAndIsInTheDocument() throws IOException {
        Map<String, Set<String>> needs = new TreeMap<>();
        for (String component :
                Stream.concat(components(), Stream.of("two-queues")).toList()) {
            String top = Files.readString(COMPONENTS.resolve(component).resolve("kustomization.yaml"))
                    .replaceFirst("(?s)\napiVersion:.*", "")
                    .replace("\n# ", " ");
            Matcher needed = Pattern.compile("Needs .*?before this one").matcher(top);
            if (needed.find()) {
                Set<String> names = Pattern.compile("\\.\\./([a-z-]+)")
                        .matcher(needed.group())
                        .results()
                        .map(it -> it.group(1))
                        .collect(toCollection(TreeSet::new));
                assertThat(components().takeWhile(it -> !it.equals(component))).containsAll(names);
                needs.put(component, names);
            }
        }
        Map<String, Set<String>> documented = new TreeMap<>();
        Pattern.compile("((?:`[a-z-]+`(?: and )?)+) needs? ((?:`[a-z-]+`(?: and )?)+)")
                .matcher(Files.readString(Path.of("../docs/operations.md")).replaceAll("\\s+", " "))
                .results()
                .forEach(it ->
                        quoted(it.group(1)).forEach(component -> documented.put(component, quoted(it.group(2)))));
        assertThat(documented).isNotEmpty().isEqualTo(needs);
    }

    private static Set<String> quoted(String names) {
        return Pattern.compile("`([a-z-]+)`")
                .matcher(names)
                .results()
                .map(it -> it.group(1))
                .collect(toCollection(TreeSet::new));
    }

    /** Those that the overlay takes, in its order. */
    static Stream<String> components() throws IOException {
        String taken = Files.readString(OVERLAY.resolve("kustomization.yaml"))
                .replaceFirst("(?s).*\ncomponents:\n", "")
                .replaceFirst("(?s)\n# -.*", "");
        return taken.lines().map(it -> it.replaceFirst("^  - (\\S*/)?", ""));
    }

    /** The overlay as somebody's copy of it, with more components or fewer. */
    private static Manifests withComponents(String name, Pattern line, String lines) throws IOException {
        Path copy = Path.of("target", "production-" + name);
        try (Stream<Path> files = Files.walk(OVERLAY)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(OVERLAY.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.writeString(
                            target,
                            Files.readString(file)
                                    .replace("../../base", "../../../k8s/base")
                                    .replace("../../components/", "../../../k8s/components/"));
                }
            }
        }
        Path kustomization = copy.resolve("kustomization.yaml");
        String before = Files.readString(kustomization);
        String changed = line.matcher(before).replaceFirst(lines);
        assertThat(changed).isNotEqualTo(before);
        Files.writeString(kustomization, changed);
        return Kustomize.render("system-tests/" + copy);
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
}
