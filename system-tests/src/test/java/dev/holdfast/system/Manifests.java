package dev.holdfast.system;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code kubectl apply -k} would send.
 *
 * @param custom what is of operators that have no model in Java
 */
record Manifests(List<HasMetadata> objects, List<JsonNode> custom) {
    <T extends HasMetadata> Stream<T> all(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** By the name that the source gives, which a generated object carries before its hash. */
    <T extends HasMetadata> T one(Class<T> kind, String name) {
        return all(kind)
                .filter(it -> it.getMetadata().getName().equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " " + name));
    }

    /** Of operators that have no model: all of a kind. */
    Stream<JsonNode> custom(String kind) {
        return custom.stream().filter(it -> it.path("kind").asText().equals(kind));
    }

    JsonNode custom(String kind, String name) {
        return custom(kind)
                .filter(it -> it.at("/metadata/name").asText().equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    Map<String, PodTemplateSpec> pods() {
        return objects.stream()
                .filter(it -> it instanceof Deployment || it instanceof StatefulSet || it instanceof Job)
                .collect(toMap(it -> it.getMetadata().getName(), Manifests::pod));
    }

    static PodTemplateSpec pod(HasMetadata workload) {
        return switch (workload) {
            case Deployment deployment -> deployment.getSpec().getTemplate();
            case StatefulSet set -> set.getSpec().getTemplate();
            case Job job -> job.getSpec().getTemplate();
            default -> throw new AssertionError(workload.getKind() + " has no pods");
        };
    }

    Container container(String service) {
        return pod(one(Deployment.class, service)).getSpec().getContainers().getFirst();
    }

    String image(String pod) {
        return pods().get(pod).getSpec().getContainers().getFirst().getImage();
    }

    static List<String> portNames(PodTemplateSpec pod) {
        return pod.getSpec().getContainers().stream()
                .flatMap(it -> it.getPorts().stream())
                .map(ContainerPort::getName)
                .toList();
    }

    Map<String, String> configuration(String service) {
        return container(service).getEnvFrom().stream()
                .map(it -> it.getConfigMapRef().getName())
                // The base leaves it to the overlay whose tokens are taken; it names no service.
                .filter(it -> !it.startsWith("identity-provider"))
                .map(it -> one(ConfigMap.class, it))
                .flatMap(it -> it.getData().entrySet().stream())
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The variables of the Job that migrates; those whose value is in a Secret have none. */
    Map<String, String> migrationEnvironment(String migration) {
        Map<String, String> environment = new HashMap<>();
        pod(one(Job.class, migration))
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .forEach(it -> environment.put(it.getName(), it.getValue()));
        return environment;
    }

    Stream<SecretKeySelector> secretKeys() {
        return pods().values().stream()
                .flatMap(it -> it.getSpec().getContainers().stream())
                .flatMap(it -> it.getEnv().stream())
                .filter(it -> it.getValueFrom() != null)
                .map(it -> it.getValueFrom().getSecretKeyRef());
    }

    String secret(SecretKeySelector reference) {
        String encoded = one(Secret.class, reference.getName()).getData().get(reference.getKey());
        assertThat(encoded).as(reference.toString()).isNotNull();
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }
}
