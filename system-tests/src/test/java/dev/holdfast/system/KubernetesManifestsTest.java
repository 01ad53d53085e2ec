package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests of the three services, against what the services need and read. */
class KubernetesManifestsTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    private static Manifests base;

    @BeforeAll
    static void render() {
        base = Kustomize.render("k8s/base");
    }

    @Test
    void theBaseHasAllThreeServicesAndNoSecret() {
        assertThat(base.all(Deployment.class))
                .extracting(it -> it.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(SERVICES);
        assertThat(base.all(Secret.class)).isEmpty();
        assertThat(base.objects().toString() + base.pods()).doesNotContainPattern("(?i)amqps?://|jdbc:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void passwordsComeFromSecretsOnly(String service) {
        assertThat(base.container(service).getEnv())
                .filteredOn(it -> it.getName().matches(".*PASSWORD|AMQP_URL"))
                .hasSize(service.equals("gateway-service") ? 0 : 1)
                .allSatisfy(it ->
                        assertThat(it.getValueFrom().getSecretKeyRef().getKey()).isNotBlank());
        assertThat(base.configuration(service))
                .allSatisfy((name, value) -> assertThat(name).doesNotMatch(".*(PASSWORD|SECRET|TOKEN).*|AMQP_URL"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void probesAskTheHealthOfTheServiceItself(String service) {
        Container container = base.container(service);
        assertAsks(container.getStartupProbe(), "/q/health/started");
        assertAsks(container.getReadinessProbe(), "/q/health/ready");
        assertAsks(container.getLivenessProbe(), "/q/health/live");
        assertThat(value(container, "HTTP_PORT")).isEqualTo(port(container, "http"));
        assertThat(value(container, "MANAGEMENT_PORT")).isEqualTo(port(container, "management"));
        assertThat(value(container, "MANAGEMENT_HOST")).isEqualTo("0.0.0.0");
        assertThat(Manifests.pod(base.one(Deployment.class, service))
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("prometheus.io/scrape", "true")
                .containsEntry("prometheus.io/port", port(container, "management"))
                .containsEntry("prometheus.io/path", "/q/metrics");
        assertThat(secondsUntilARestart(container.getStartupProbe()))
                .as("a JVM with a fifth of a core takes 49 s, and nine pods that start at once have less")
                .isGreaterThanOrEqualTo(600);
        assertThat(secondsUntilARestart(container.getLivenessProbe())).isGreaterThanOrEqualTo(60);
        assertThat(base.one(Deployment.class, service).getSpec().getProgressDeadlineSeconds())
                .isGreaterThan(secondsUntilARestart(container.getStartupProbe()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void isGivenTheTimeThatItsShutdownTakes(String service) throws IOException {
        Duration delay = seconds(value(base.container(service), "SHUTDOWN_DELAY"));
        Duration timeout = seconds(properties(service).getProperty("quarkus.shutdown.timeout"));
        Duration workers = seconds(properties(service).getProperty("holdfast.workers.stop-timeout", "0s"));
        assertThat(properties(service)).containsEntry("quarkus.shutdown.delay-enabled", "true");
        assertThat(delay).as("time in which the endpoints forget the pod").isPositive();
        assertThat(Duration.ofSeconds(Manifests.pod(base.one(Deployment.class, service))
                        .getSpec()
                        .getTerminationGracePeriodSeconds()))
                .isGreaterThan(delay.plus(timeout).plus(workers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void survivesTheLossOfOneNodeAndRollsWithoutAGap(String service) {
        Deployment deployment = base.one(Deployment.class, service);
        PodDisruptionBudget budget = base.one(PodDisruptionBudget.class, service);
        assertThat(deployment.getSpec().getReplicas())
                .isGreaterThan(budget.getSpec().getMaxUnavailable().getIntVal());
        assertSelects(budget.getSpec().getSelector(), Manifests.pod(deployment));
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(deployment.getSpec().getMinReadySeconds()).isPositive();
        assertThat(Manifests.pod(deployment).getSpec().getTopologySpreadConstraints())
                .hasSize(2)
                .allSatisfy(it -> assertSelects(it.getLabelSelector(), Manifests.pod(deployment)))
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void writesNowhereButToItsTemporaryDirectory(String service) {
        PodSpec pod = Manifests.pod(base.one(Deployment.class, service)).getSpec();
        assertThat(base.container(service).getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(base.container(service).getVolumeMounts())
                .filteredOn(it -> !Boolean.TRUE.equals(it.getReadOnly()))
                .singleElement()
                .satisfies(it -> assertThat(it.getMountPath()).isEqualTo("/tmp"));
        assertThat(pod.getVolumes())
                .filteredOn(it -> it.getEmptyDir() != null)
                .singleElement()
                .satisfies(it -> assertThat(it.getName()).isEqualTo("tmp"));
    }

    @Test
    void mountedSecretsAreReadableByTheGroupOfTheServiceAlone() {
        assertThat(base.pods().values())
                .flatExtracting(pod -> pod.getSpec().getVolumes())
                .filteredOn(volume -> volume.getSecret() != null)
                .hasSize(7)
                .allSatisfy(volume -> assertThat(volume.getSecret().getDefaultMode())
                        .as(volume.getName())
                        .isEqualTo(0440));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyServiceAsksForTokens(String service) throws IOException {
        assertThat(environment(service)).doesNotContain("HOLDFAST_AUTH");
        assertThat(Files.readString(Path.of("../access/src/main/resources/META-INF/microprofile-config.properties")))
                .contains("\nholdfast.access.mode=${HOLDFAST_AUTH:jwt}\n");
        assertThat(base.container(service).getEnvFrom())
                .extracting(it -> it.getConfigMapRef().getName())
                .contains("identity-provider");
    }

    @ParameterizedTest
    @CsvSource({"order-service, order-migration", "payment-service, payment-migration"})
    void aJobMigratesAndAloneHasThePasswordOfTheTablesOwner(String service, String migration) throws IOException {
        PodSpec job = Manifests.pod(base.one(Job.class, migration)).getSpec();
        assertThat(job.getContainers()).singleElement().satisfies(container -> {
            assertThat(container.getImage()).isEqualTo(base.container(service).getImage());
            assertThat(value(container, "MIGRATE_AT_START")).isEqualTo("true");
            assertThat(value(container, "QUARKUS_INIT_AND_EXIT")).isEqualTo("true");
            assertThat(value(container, "DATABASE_HOST"))
                    .isEqualTo(base.configuration(service).get("DATABASE_HOST"));
            assertThat(container.getEnv())
                    .filteredOn(it -> it.getName().equals("DATABASE_OWNER_PASSWORD"))
                    .singleElement()
                    .satisfies(
                            it -> assertThat(it.getValueFrom().getSecretKeyRef().getName())
                                    .endsWith("-database-owner"));
            assertThat(container.getEnvFrom())
                    .as("a Job cannot be changed, as generated ConfigMaps do")
                    .isEmpty();
            assertThat(container.getLivenessProbe())
                    .as("what would end it halfway")
                    .isNull();
        });
        PodSpec pod = Manifests.pod(base.one(Deployment.class, service)).getSpec();
        assertThat(pod.getInitContainers()).isEmpty();
        assertThat(value(base.container(service), "MIGRATE_AT_START")).isEqualTo("false");
        assertThat(environment(service)).noneMatch(it -> it.contains("OWNER"));
        assertThat(pod.getVolumes())
                .filteredOn(it -> it.getSecret() != null)
                .noneMatch(it -> it.getSecret().getSecretName().contains("owner"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-service", "payment-service"})
    void aServiceWaitsForItsMigrationsAndSaysSoBeforeItIsEnded(String service) {
        assertThat(Duration.parse("PT" + value(base.container(service), "MIGRATIONS_WAIT")))
                .isBetween(
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(
                                secondsUntilARestart(base.container(service).getStartupProbe()) - 60));
    }

    private static int secondsUntilARestart(Probe probe) {
        return probe.getPeriodSeconds() * probe.getFailureThreshold();
    }

    private static void assertAsks(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
    }

    private static void assertSelects(LabelSelector selector, PodTemplateSpec pod) {
        assertThat(selector.getMatchLabels()).isNotEmpty();
        assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selector.getMatchLabels());
    }

    private static String port(Container container, String name) {
        return container.getPorts().stream()
                .filter(it -> it.getName().equals(name))
                .findAny()
                .map(it -> it.getContainerPort().toString())
                .orElseThrow(() -> new AssertionError("no port " + name));
    }

    private static String value(Container container, String name) {
        return container.getEnv().stream()
                .filter(it -> it.getName().equals(name))
                .findAny()
                .map(EnvVar::getValue)
                .orElseThrow(() -> new AssertionError("no variable " + name));
    }

    private static List<String> environment(String service) {
        return Stream.concat(
                        base.container(service).getEnv().stream().map(EnvVar::getName),
                        base.configuration(service).keySet().stream())
                .toList();
    }

    private static Duration seconds(String value) {
        return Duration.parse("PT" + value);
    }

    private static Path propertiesOf(String service) {
        return Path.of("..", service, "src/main/resources/application.properties");
    }

    private static Properties properties(String service) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(propertiesOf(service))) {
            properties.load(in);
        }
        return properties;
    }
}
