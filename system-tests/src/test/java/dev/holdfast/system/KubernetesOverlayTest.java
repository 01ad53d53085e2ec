package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The local overlay as a whole: what refers to what, who may call whom, and what pods may do. */
class KubernetesOverlayTest {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    private static Manifests local;

    @BeforeAll
    static void render() {
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
    }

    @Test
    void policiesLetInOnlyThosePodsThatCall() {
        assertThat(local.all(NetworkPolicy.class)
                        .filter(it -> !it.getSpec().getIngress().isEmpty()))
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

    private static void assertSelects(LabelSelector selector, PodTemplateSpec pod) {
        assertThat(selector.getMatchLabels()).isNotEmpty();
        assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selector.getMatchLabels());
    }
}
