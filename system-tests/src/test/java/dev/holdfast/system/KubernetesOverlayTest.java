package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.localstack.LocalKeys;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The overlays as a whole: what refers to what, what pods may do, and whether there is room for them. */
class KubernetesOverlayTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    private static Manifests local;

    @BeforeAll
    static void render() {
        new LocalKeys(Path.of("../k8s/overlays/local/keys")).makeUpForContainers();
        local = Kustomize.render("k8s/overlays/local");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s/overlays/local", "k8s/overlays/production"})
    void everyPodIsUnprivilegedBoundedAndOfAFixedVersion(String overlay) {
        Manifests manifests = Kustomize.render(overlay);
        assertThat(manifests.all(Namespace.class))
                .singleElement()
                .satisfies(it -> assertThat(it.getMetadata().getLabels())
                        .containsEntry("pod-security.kubernetes.io/enforce", "restricted"));
        assertThat(manifests.pods()).hasSizeGreaterThanOrEqualTo(5).allSatisfy((name, template) -> {
            PodSpec pod = template.getSpec();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(manifests
                            .one(ServiceAccount.class, pod.getServiceAccountName())
                            .getAutomountServiceAccountToken())
                    .isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getRunAsGroup()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getContainers()).singleElement().satisfies(container -> {
                assertThat(container.getImage()).matches(Images.OF_A_FIXED_VERSION);
                assertThat(container.getResources().getLimits()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
                boolean lasts = pod.getRestartPolicy() == null;
                assertThat(container.getStartupProbe() != null).isEqualTo(lasts);
                assertThat(container.getReadinessProbe() != null).isEqualTo(lasts);
                assertThat(container.getLivenessProbe() != null).isEqualTo(lasts);
            });
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s/overlays/local", "k8s/overlays/production"})
    void everyVariableIsReadByTheService(String overlay) throws IOException {
        Manifests manifests = Kustomize.render(overlay);
        for (String service : SERVICES) {
            String properties = Files.readString(Path.of("..", service, "src/main/resources/application.properties"))
                    + Files.readString(Path.of("../service-runtime/src/main/java/dev/holdfast/tls/TlsSettings.java"));
            for (String module : List.of("access", "rest-contract", "service-runtime")) {
                properties += Files.readString(
                        Path.of("..", module, "src/main/resources/META-INF/microprofile-config.properties"));
            }
            Set<String> variables =
                    new TreeSet<>(manifests.configuration(service).keySet());
            manifests.container(service).getEnv().forEach(it -> variables.add(it.getName()));
            manifests
                    .all(Job.class)
                    .filter(it -> it.getMetadata().getName().startsWith(service.replace("-service", "-migration")))
                    .map(it -> it.getMetadata().getName())
                    .forEach(it ->
                            variables.addAll(manifests.migrationEnvironment(it).keySet()));
            manifests
                    .all(ConfigMap.class)
                    .filter(it -> it.getMetadata().getName().startsWith("identity-provider"))
                    .forEach(it -> variables.addAll(it.getData().keySet()));
            String all = properties;
            assertThat(variables)
                    .hasSizeGreaterThan(5)
                    .filteredOn(it -> !it.equals("QUARKUS_INIT_AND_EXIT"))
                    .allSatisfy(it -> assertThat(all).containsPattern("\\$\\{" + it + "[:}]|\"" + it + "\""));
        }
    }

    /** What was tried by the one is what runs by the other. */
    @Test
    void databasesAndBrokerAreTheImagesOfCompose() throws IOException {
        Compose compose = Compose.read();
        String postgres = withoutItsVariable(compose.setting("orders-database", "image"));
        String rabbitmq = withoutItsVariable(compose.setting("rabbitmq", "image"));
        assertThat(List.of(postgres, rabbitmq)).allMatch(it -> it.matches("\\w+:\\d+\\.\\d+[\\w.-]*"));
        for (String database : List.of("orders-database", "payments-database")) {
            assertThat(local.image(database)).isEqualTo(postgres);
        }
        assertThat(local.image("rabbitmq")).isEqualTo(rabbitmq);
        Manifests production = Kustomize.render("k8s/overlays/production");
        assertThat(production
                        .custom("RabbitmqCluster", "rabbitmq")
                        .at("/spec/image")
                        .asText())
                .isEqualTo(rabbitmq);
        // CloudNativePG has images of its own, of the same PostgreSQL on the same Debian: 18.6-minimal-trixie.
        String version = postgres.replaceFirst(".*:", "");
        assertThat(production.custom("Cluster"))
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.at("/spec/imageName").asText())
                        .endsWith(":" + version.replace("-", "-minimal-")));
    }

    /** What a node of two cores has left beside a cluster's own pods; each Deployment has one pod more during an update. */
    @Test
    void aNodeOfTwoCoresHasRoomForAnUpdate() {
        int milliCores = local.pods().entrySet().stream()
                .mapToInt(it -> cpu(it.getValue()) * (SERVICES.contains(it.getKey()) ? 3 : 1))
                .sum();
        assertThat(milliCores).isLessThanOrEqualTo(1000);
    }

    /** Each pool is of 16; the migrations and the operator have connections too. */
    @Test
    void thePoolsOfAllReplicasFitIntoTheDatabases() {
        Manifests production = Kustomize.render("k8s/overlays/production");
        for (String service : List.of("order-service", "payment-service")) {
            String database = service.replace("-service", "s-database");
            int pool = poolSize(service);
            // PostgreSQL's default, three of which are for superusers.
            assertThat((replicas(local, service) + 1) * pool + 10).isLessThanOrEqualTo(97);
            assertThat((production
                                                    .custom("ScaledObject", service)
                                                    .at("/spec/maxReplicaCount")
                                                    .asInt()
                                            + 1)
                                    * pool
                            + 10)
                    .isLessThanOrEqualTo(Integer.parseInt(production
                            .custom("Cluster", database)
                            .at("/spec/postgresql/parameters/max_connections")
                            .asText()));
        }
    }

    @Test
    void noProbeOfTheBrokerStartsAnErlangVm() {
        Container broker =
                local.pods().get("rabbitmq").getSpec().getContainers().getFirst();
        assertThat(List.of(broker.getStartupProbe(), broker.getReadinessProbe(), broker.getLivenessProbe()))
                .allSatisfy(it -> assertThat(it.getTcpSocket()).isNotNull());
    }

    @Test
    void everyServiceReachesAPortOfItsPods() {
        assertThat(local.all(Service.class)).hasSize(SERVICES.size() + 3).allSatisfy(service -> {
            PodTemplateSpec pod = local.pods().get(service.getMetadata().getName());
            assertThat(pod.getMetadata().getLabels())
                    .containsAllEntriesOf(service.getSpec().getSelector());
            assertThat(Manifests.portNames(pod))
                    .containsAll(service.getSpec().getPorts().stream()
                            .map(ServicePort::getTargetPort)
                            .map(it -> it.getStrVal())
                            .toList());
        });
    }

    @Test
    void everyAddressInTheConfigurationIsAServiceOfTheCluster() {
        Stream<String> configured = SERVICES.stream()
                .flatMap(it -> local.configuration(it).entrySet().stream())
                .map(it ->
                        it.getKey().endsWith("_URL") ? URI.create(it.getValue()).getHost() : it.getValue());
        Stream<String> broker = local.secretKeys()
                .filter(it -> it.getKey().equals("url"))
                .map(it -> URI.create(local.secret(it)).getHost());
        assertThat(Stream.concat(configured, broker))
                .contains("orders-database", "payments-database", "order-service", "payment-service", "rabbitmq")
                .allSatisfy(host -> local.one(Service.class, host));
    }

    @Test
    void theLocalOverlayBringsEverySecretAndConfigMapThatIsReferredTo() {
        assertThat(local.secretKeys())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(local.secret(it)).isNotBlank());
        assertThat(SERVICES)
                .allSatisfy(it -> assertThat(local.configuration(it)).isNotEmpty());
        assertThat(local.pods().values().stream()
                        .flatMap(it -> it.getSpec().getVolumes().stream())
                        .filter(it -> it.getName().equals("database-login"))
                        .map(it -> local.one(Secret.class, it.getSecret().getSecretName())))
                .hasSize(4)
                .allSatisfy(it -> assertThat(it.getData()).containsOnlyKeys("username", "password"));
    }

    @Test
    void theBrokerLoadsItsDefinitionsAndGivesEachServiceAPasswordOfItsOwn() {
        Container broker =
                local.pods().get("rabbitmq").getSpec().getContainers().getFirst();
        assertThat(broker.getCommand()).containsExactly("bash", "/holdfast/start.sh");
        Set<String> passwords = broker.getEnv().stream()
                .map(it -> local.secret(it.getValueFrom().getSecretKeyRef()))
                .collect(Collectors.toSet());
        assertThat(passwords).hasSize(3).doesNotContain("change-me");
        // Under the same name whatever it holds, so that a service reads a password that has changed.
        for (String service : List.of("order-service", "payment-service")) {
            assertThat(local.pods().get(service).getSpec().getVolumes())
                    .filteredOn(it -> it.getSecret() != null)
                    .extracting(it -> it.getSecret().getSecretName())
                    .containsAnyOf("orders-broker", "payments-broker");
        }
    }

    private static String withoutItsVariable(JsonNode image) {
        return image.asText().replaceFirst("^\\$\\{\\w+:-(.+)}$", "$1");
    }

    private static int cpu(PodTemplateSpec pod) {
        return pod.getSpec()
                .getContainers()
                .getFirst()
                .getResources()
                .getRequests()
                .get("cpu")
                .getNumericalAmount()
                .multiply(BigDecimal.valueOf(1000))
                .intValueExact();
    }

    private static int replicas(Manifests manifests, String service) {
        return manifests.one(Deployment.class, service).getSpec().getReplicas();
    }

    private static int poolSize(String service) {
        Properties settings = new Properties();
        try (Reader file =
                Files.newBufferedReader(Path.of("..", service, "src/main/resources/application.properties"))) {
            settings.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Integer.parseInt(settings.getProperty("quarkus.datasource.jdbc.max-size"));
    }
}
