package dev.holdfast.system;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.Issuer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendTLSPolicy;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Renders manifests with kubectl and reads them with Kubernetes' own model: an unknown field or kind is an error. What is of an
 * operator that has no such model is left to {@link CustomResourcesTest}.
 */
final class Kustomize {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    BackendTLSPolicy.class,
                    Certificate.class,
                    ConfigMap.class,
                    Deployment.class,
                    Gateway.class,
                    HTTPRoute.class,
                    HorizontalPodAutoscaler.class,
                    Issuer.class,
                    Job.class,
                    Namespace.class,
                    NetworkPolicy.class,
                    PodDisruptionBudget.class,
                    PodMonitor.class,
                    PrometheusRule.class,
                    Secret.class,
                    Service.class,
                    ServiceAccount.class,
                    ServiceMonitor.class,
                    StatefulSet.class)
            .collect(Collectors.toMap(HasMetadata::getKind, Function.identity()));

    private static final Set<String> WITHOUT_MODEL = Set.of(
            "barmancloud.cnpg.io/v1",
            "keda.sh/v1alpha1",
            "postgresql.cnpg.io/v1",
            "rabbitmq.com/v1beta1",
            "trust.cert-manager.io/v1alpha1");

    private static final ObjectMapper STRICT = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new NothingIsSwallowed())
            .build();

    private Kustomize() {}

    /** @param directory from the root of the checkout */
    static Manifests render(String directory) {
        Map<Boolean, List<JsonNode>> all = documents(directory).stream()
                .collect(Collectors.partitioningBy(
                        it -> WITHOUT_MODEL.contains(it.path("apiVersion").asText())));
        return new Manifests(all.get(false).stream().map(Kustomize::strictly).toList(), all.get(true));
    }

    /** As kubectl renders it, whatever is in it. */
    static List<JsonNode> documents(String directory) {
        abortWithoutKubectl();
        String yaml = run("kubectl", "kustomize", Path.of("..", directory).toString());
        try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return documents.readAll();
        } catch (IOException e) {
            throw new AssertionError(directory + " does not render as YAML", e);
        }
    }

    private static HasMetadata strictly(JsonNode document) {
        String kind = document.path("kind").asText();
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null
                || !HasMetadata.getApiVersion(type)
                        .equals(document.path("apiVersion").asText())) {
            throw new AssertionError("unexpected " + document.path("apiVersion") + " " + kind);
        }
        try {
            return STRICT.treeToValue(document, type);
        } catch (JacksonException e) {
            throw new AssertionError(kind + " " + document.at("/metadata/name") + " is not what Kubernetes knows", e);
        }
    }

    /** Skips the tests without kubectl 1.21 or newer, whose kustomize knows components and replacements. */
    private static void abortWithoutKubectl() {
        try {
            JsonNode version = new ObjectMapper().readTree(run("kubectl", "version", "--client", "--output=json"));
            int minor = Integer.parseInt(
                    version.at("/clientVersion/minor").asText("0").replaceAll("\\D", ""));
            if (minor < 21) {
                throw new TestAbortedException("kubectl 1.21 or newer is needed, this is 1." + minor);
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError("kubectl does not tell its version as JSON", e);
        }
    }

    private static String run(String... command) {
        try {
            Path errors = Files.createTempFile("kubectl", ".err");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectError(errors.toFile())
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new AssertionError(String.join(" ", command) + " says: " + Files.readString(errors));
                }
                return output;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new TestAbortedException("kubectl is not installed: https://kubernetes.io/docs/tasks/tools/", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Else the classes of the model would gather unknown fields in a map. */
    private static final class NothingIsSwallowed extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}
