package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the component of TLS makes of the base. */
class KubernetesTlsTest {
    private static Manifests manifests;

    @BeforeAll
    static void render() {
        manifests = Kustomize.render("system-tests/src/test/resources/k8s/tls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyFileOfAVariableIsMounted(String service) {
        PodSpec pod = pod(service);
        Container container = manifests.container(service);
        assertThat(files(container))
                .extracting(EnvVar::getName)
                .containsExactlyInAnyOrder("TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CA_FILE");
        assertThat(files(container))
                .allSatisfy(file -> assertThat(container.getVolumeMounts())
                        .anyMatch(mount -> file.getValue().startsWith(mount.getMountPath() + "/")));
        assertThat(mounted(pod, container, "/run/tls").getSecret().getSecretName())
                .isEqualTo(service + "-tls");
        assertThat(mounted(pod, container, "/run/certificate-authorities")
                        .getConfigMap()
                        .getName())
                .isEqualTo("certificate-authorities");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void servicesAreReachedByHttpsAlone(String service) {
        assertThat(manifests.one(Service.class, service).getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .containsExactly(443);
        assertThat(manifests.configuration(service)).allSatisfy((name, value) -> {
            if (name.endsWith("_URL")) {
                assertThat(value).matches("https://(order|payment)-service");
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"order-service, order-migration", "payment-service, payment-migration"})
    void databasesAreVerifiedAlsoByMigrations(String service, String name) {
        assertThat(manifests.configuration(service)).containsEntry("DATABASE_SSLMODE", "verify-full");
        assertThat(manifests.migrationEnvironment(name))
                .containsEntry("DATABASE_SSLMODE", "verify-full")
                .containsEntry("TLS_CA_FILE", "/run/certificate-authorities/ca.crt");
        PodSpec job = Manifests.pod(manifests.one(Job.class, name)).getSpec();
        assertThat(mounted(job, job.getContainers().getFirst(), "/run/certificate-authorities")
                        .getConfigMap()
                        .getName())
                .isEqualTo("certificate-authorities");
    }

    private static PodSpec pod(String service) {
        return Manifests.pod(manifests.one(Deployment.class, service)).getSpec();
    }

    private static List<EnvVar> files(Container container) {
        return container.getEnv().stream()
                .filter(it -> it.getName().startsWith("TLS_"))
                .toList();
    }

    private static Volume mounted(PodSpec pod, Container container, String path) {
        String name = container.getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals(path))
                .map(VolumeMount::getName)
                .findFirst()
                .orElseThrow();
        return pod.getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
