package dev.holdfast.system;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the production overlay leaves to the cluster to keep secret, against docs/operations.md. */
class KubernetesSecretsTest {
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
}
