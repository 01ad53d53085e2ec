package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localstack.LocalKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The local overlay as a whole: what refers to what, who may call whom, and what pods may do. */
class KubernetesOverlayTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    private static final String METRICS = "metrics";
    private static final String MANAGEMENT = "management";

    private static Manifests local;

    @BeforeAll
    static void render() {
        new LocalKeys(Path.of("../k8s/overlays/local/keys")).makeUpForContainers();
        local = Kustomize.render("k8s/overlays/local");
    }

    @Test
    void everyPodIsUnprivilegedBoundedAndOfAFixedVersion() {
        assertThat(local.pods()).hasSize(SERVICES.size() + 3).allSatisfy((name, template) -> {
            PodSpec pod = template.getSpec();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(Manifests.containers(template)).allSatisfy(container -> {
                assertThat(container.getImage()).matches(Images.OF_A_FIXED_VERSION);
                assertThat(container.getResources().getLimits()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
            });
            assertThat(pod.getContainers()).singleElement().satisfies(container -> {
                assertThat(container.getStartupProbe()).isNotNull();
                assertThat(container.getReadinessProbe()).isNotNull();
                assertThat(container.getLivenessProbe()).isNotNull();
            });
        });
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
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.getData()).containsOnlyKeys("user", "password"));
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

    @Test
    void policiesLetInOnlyThosePodsThatCall() {
        assertThat(local.all(NetworkPolicy.class)
                        .filter(it -> !it.getSpec().getIngress().isEmpty())
                        .filter(it -> !it.getMetadata().getName().equals(METRICS)))
                .hasSize(local.pods().size())
                .allSatisfy(policy -> {
                    PodTemplateSpec pod = local.pods().get(policy.getMetadata().getName());
                    assertSelects(policy.getSpec().getPodSelector(), pod);
                    assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
                        assertThat(rule.getPorts())
                                .allSatisfy(it -> assertThat(Manifests.portNames(pod))
                                        .contains(it.getPort().getStrVal()));
                        assertThat(rule.getFrom())
                                .flatMap(it ->
                                        it.getPodSelector().getMatchLabels().values())
                                .allSatisfy(it -> assertThat(local.pods()).containsKey(it));
                        assertThat(rule.getFrom())
                                .flatMap(it -> it.getPodSelector().getMatchExpressions())
                                .flatMap(it -> it.getValues())
                                .allSatisfy(it -> assertThat(local.pods()).containsKey(it));
                    });
                });
    }

    @Test
    void metricsAreForTheNamespaceOfTheScraperAloneAndForNoServiceOfTheCluster() {
        NetworkPolicy metrics = local.one(NetworkPolicy.class, METRICS);
        assertThat(metrics.getSpec().getPodSelector().getMatchExpressions())
                .singleElement()
                .satisfies(it -> assertThat(it.getValues()).containsExactlyElementsOf(SERVICES));
        assertThat(metrics.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getPorts())
                    .extracting(it -> it.getPort().getStrVal())
                    .containsExactly(MANAGEMENT);
            assertThat(rule.getFrom())
                    .singleElement()
                    .satisfies(it -> assertThat(it.getNamespaceSelector().getMatchLabels())
                            .containsEntry("kubernetes.io/metadata.name", "monitoring"));
        });
        assertThat(local.all(NetworkPolicy.class)
                        .filter(it -> !it.getMetadata().getName().equals(METRICS))
                        .flatMap(it -> it.getSpec().getIngress().stream())
                        .flatMap(it -> it.getPorts().stream())
                        .map(it -> it.getPort().getStrVal()))
                .doesNotContain(MANAGEMENT);
        assertThat(SERVICES.stream()
                        .flatMap(it -> local.one(Service.class, it).getSpec().getPorts().stream())
                        .map(it -> it.getTargetPort().getStrVal()))
                .containsOnly("http");
    }

    private static void assertSelects(LabelSelector selector, PodTemplateSpec pod) {
        assertThat(selector.getMatchLabels()).isNotEmpty();
        assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selector.getMatchLabels());
    }
}
