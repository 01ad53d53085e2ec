package dev.holdfast.system;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what kustomize renders against Kubernetes' model, and against what the services need and read. */
class KubernetesManifestsTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    private static Manifests base;
    private static Manifests local;

    @BeforeAll
    static void render() {
        base = Manifests.rendered("k8s/base");
        local = Manifests.rendered("k8s/overlays/local");
    }

    @Test
    void theBaseHasAllThreeServicesAndNoSecret() {
        assertThat(base.all(Deployment.class))
                .extracting(it -> it.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(SERVICES);
        assertThat(base.all(Secret.class)).isEmpty();
        assertThat(base.objects().toString() + environments(base)).doesNotContainPattern("(?i)amqps?://|jdbc:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void passwordsComeFromSecretsOnly(String service) {
        assertThat(container(base, service).getEnv())
                .filteredOn(it -> it.getName().matches(".*PASSWORD|AMQP_URL"))
                .hasSize(service.equals("gateway-service") ? 0 : 2)
                .allSatisfy(it ->
                        assertThat(it.getValueFrom().getSecretKeyRef().getKey()).isNotBlank());
        assertThat(configuration(base, service))
                .allSatisfy((name, value) -> assertThat(name).doesNotMatch(".*(PASSWORD|SECRET|TOKEN).*|AMQP_URL"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyVariableIsReadByTheService(String service) throws IOException {
        String properties = Files.readString(propertiesOf(service));
        assertThat(environment(service))
                .allSatisfy(name -> assertThat(properties).containsPattern("\\$\\{" + name + "[:}]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void probesAskTheHealthOfTheServiceItself(String service) {
        Container container = container(base, service);
        assertAsks(container.getStartupProbe(), "/q/health/started");
        assertAsks(container.getReadinessProbe(), "/q/health/ready");
        assertAsks(container.getLivenessProbe(), "/q/health/live");
        assertThat(value(container, "HTTP_PORT"))
                .isEqualTo(container.getPorts().getFirst().getContainerPort().toString());
        Probe startup = container.getStartupProbe();
        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold())
                .as("seconds that a slow machine may take to start")
                .isGreaterThanOrEqualTo(120);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void isGivenTheTimeThatItsShutdownTakes(String service) throws IOException {
        Duration delay = seconds(value(container(base, service), "SHUTDOWN_DELAY"));
        Duration timeout = seconds(properties(service).getProperty("quarkus.shutdown.timeout"));
        Duration workers = seconds(properties(service).getProperty("holdfast.workers.stop-timeout", "0s"));
        assertThat(properties(service)).containsEntry("quarkus.shutdown.delay-enabled", "true");
        assertThat(delay).as("time in which the endpoints forget the pod").isPositive();
        assertThat(Duration.ofSeconds(
                        pod(base.one(Deployment.class, service)).getSpec().getTerminationGracePeriodSeconds()))
                .isGreaterThan(delay.plus(timeout).plus(workers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void survivesTheLossOfOneNodeAndRollsWithoutAGap(String service) {
        Deployment deployment = base.one(Deployment.class, service);
        PodDisruptionBudget budget = base.one(PodDisruptionBudget.class, service);
        assertThat(deployment.getSpec().getReplicas())
                .isGreaterThan(budget.getSpec().getMinAvailable().getIntVal());
        assertSelects(budget.getSpec().getSelector(), pod(deployment));
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(pod(deployment).getSpec().getTopologySpreadConstraints())
                .singleElement()
                .satisfies(it -> assertSelects(it.getLabelSelector(), pod(deployment)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void writesNowhereButToItsTemporaryDirectory(String service) {
        PodSpec pod = pod(base.one(Deployment.class, service)).getSpec();
        assertThat(container(base, service).getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(container(base, service).getVolumeMounts())
                .singleElement()
                .satisfies(it -> assertThat(it.getMountPath()).isEqualTo("/tmp"));
        assertThat(pod.getVolumes())
                .singleElement()
                .satisfies(it -> assertThat(it.getEmptyDir()).isNotNull());
    }

    @Test
    void theGatewayKeepsTheOperatorsPathsToItself() throws IOException {
        assertThat(environment("gateway-service")).doesNotContain("ADMIN_ENABLED");
        assertThat(properties("gateway-service"))
                .containsEntry("holdfast.gateway.admin-enabled", "${ADMIN_ENABLED:false}");
    }

    @Test
    void everyPodIsUnprivilegedBoundedAndOfAFixedVersion() {
        assertThat(pods(local)).hasSize(SERVICES.size() + 3).allSatisfy((name, template) -> {
            PodSpec pod = template.getSpec();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getContainers()).singleElement().satisfies(container -> {
                assertThat(container.getImage()).matches("[^:@]+:[0-9][^:]*");
                assertThat(container.getResources().getLimits()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
                assertThat(container.getStartupProbe()).isNotNull();
                assertThat(container.getReadinessProbe()).isNotNull();
                assertThat(container.getLivenessProbe()).isNotNull();
            });
        });
    }

    @Test
    void everyServiceReachesAPortOfItsPods() {
        assertThat(local.all(Service.class)).hasSize(SERVICES.size() + 3).allSatisfy(service -> {
            PodTemplateSpec pod = pods(local).get(service.getMetadata().getName());
            assertThat(pod.getMetadata().getLabels())
                    .containsAllEntriesOf(service.getSpec().getSelector());
            assertThat(portNames(pod))
                    .containsAll(service.getSpec().getPorts().stream()
                            .map(ServicePort::getTargetPort)
                            .map(it -> it.getStrVal())
                            .toList());
        });
    }

    @Test
    void everyAddressInTheConfigurationIsAServiceOfTheCluster() {
        Stream<String> configured = SERVICES.stream()
                .flatMap(it -> configuration(local, it).entrySet().stream())
                .map(it ->
                        it.getKey().endsWith("_URL") ? URI.create(it.getValue()).getHost() : it.getValue());
        Stream<String> broker = secretKeys(local)
                .filter(it -> it.getKey().equals("url"))
                .map(it -> URI.create(secret(it)).getHost());
        assertThat(Stream.concat(configured, broker))
                .contains("orders-database", "payments-database", "order-service", "payment-service", "rabbitmq")
                .allSatisfy(host -> local.one(Service.class, host));
    }

    @Test
    void theLocalOverlayBringsEverySecretAndConfigMapThatIsReferredTo() {
        assertThat(secretKeys(local))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(secret(it)).isNotBlank());
        assertThat(SERVICES)
                .allSatisfy(it -> assertThat(configuration(local, it)).isNotEmpty());
    }

    @Test
    void policiesLetInOnlyThosePodsThatCall() {
        assertThat(local.all(NetworkPolicy.class)
                        .filter(it -> !it.getSpec().getIngress().isEmpty()))
                .hasSize(pods(local).size())
                .allSatisfy(policy -> {
                    PodTemplateSpec pod = pods(local).get(policy.getMetadata().getName());
                    assertSelects(policy.getSpec().getPodSelector(), pod);
                    assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
                        assertThat(rule.getPorts())
                                .allSatisfy(it -> assertThat(portNames(pod))
                                        .contains(it.getPort().getStrVal()));
                        assertThat(rule.getFrom())
                                .flatMap(it ->
                                        it.getPodSelector().getMatchLabels().values())
                                .allSatisfy(it -> assertThat(pods(local)).containsKey(it));
                        assertThat(rule.getFrom())
                                .flatMap(it -> it.getPodSelector().getMatchExpressions())
                                .flatMap(it -> it.getValues())
                                .allSatisfy(it -> assertThat(pods(local)).containsKey(it));
                    });
                });
    }

    private static void assertAsks(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    }

    private static void assertSelects(LabelSelector selector, PodTemplateSpec pod) {
        assertThat(selector.getMatchLabels()).isNotEmpty();
        assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selector.getMatchLabels());
    }

    private static Map<String, PodTemplateSpec> pods(Manifests manifests) {
        return Stream.concat(manifests.all(Deployment.class), manifests.all(StatefulSet.class))
                .collect(toMap(it -> it.getMetadata().getName(), KubernetesManifestsTest::pod));
    }

    private static PodTemplateSpec pod(HasMetadata workload) {
        return switch (workload) {
            case Deployment deployment -> deployment.getSpec().getTemplate();
            case StatefulSet set -> set.getSpec().getTemplate();
            default -> throw new AssertionError(workload.getKind() + " has no pods");
        };
    }

    private static Container container(Manifests manifests, String service) {
        return pod(manifests.one(Deployment.class, service))
                .getSpec()
                .getContainers()
                .getFirst();
    }

    private static List<String> portNames(PodTemplateSpec pod) {
        return pod.getSpec().getContainers().stream()
                .flatMap(it -> it.getPorts().stream())
                .map(ContainerPort::getName)
                .toList();
    }

    private static String value(Container container, String name) {
        return container.getEnv().stream()
                .filter(it -> it.getName().equals(name))
                .findAny()
                .map(EnvVar::getValue)
                .orElseThrow(() -> new AssertionError("no variable " + name));
    }

    private static Map<String, String> configuration(Manifests manifests, String service) {
        return container(manifests, service).getEnvFrom().stream()
                .map(it -> manifests.one(ConfigMap.class, it.getConfigMapRef().getName()))
                .flatMap(it -> it.getData().entrySet().stream())
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<String> environment(String service) {
        return Stream.concat(
                        container(base, service).getEnv().stream().map(EnvVar::getName),
                        configuration(base, service).keySet().stream())
                .toList();
    }

    private static String environments(Manifests manifests) {
        return pods(manifests).values().stream()
                .flatMap(it -> it.getSpec().getContainers().stream())
                .map(Container::getEnv)
                .toList()
                .toString();
    }

    private static Stream<SecretKeySelector> secretKeys(Manifests manifests) {
        return pods(manifests).values().stream()
                .flatMap(it -> it.getSpec().getContainers().stream())
                .flatMap(it -> it.getEnv().stream())
                .filter(it -> it.getValueFrom() != null)
                .map(it -> it.getValueFrom().getSecretKeyRef());
    }

    private static String secret(SecretKeySelector reference) {
        String encoded = local.one(Secret.class, reference.getName()).getData().get(reference.getKey());
        assertThat(encoded).as(reference.toString()).isNotNull();
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
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
