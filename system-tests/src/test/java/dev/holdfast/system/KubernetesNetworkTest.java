package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localstack.LocalKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who reaches whom once network policies are enforced: each way that is used, and no other. */
class KubernetesNetworkTest {
    private static final String HOLDFAST = "holdfast";
    private static final String DOOR = "gateway-service:8080";
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    @BeforeAll
    static void makeKeys() {
        new LocalKeys(Path.of("../k8s/overlays/local/keys")).makeUpForContainers();
    }

    @Test
    void theLocalOverlayOpensTheWaysThatItsServicesUseAndNoOther() {
        Manifests local = Kustomize.render("k8s/overlays/local");
        List<NetworkNode> nodes = new ArrayList<>(NetworkNode.of(local, HOLDFAST));
        nodes.addAll(outside());
        assertThat(ways(local, nodes)).containsExactlyInAnyOrderElementsOf(ways(5672));
    }

    @Test
    void theProductionOverlayOpensTheWaysThatItsServicesUseAndNoOther() {
        Manifests production = Kustomize.render("k8s/overlays/production");
        List<NetworkNode> nodes = new ArrayList<>(NetworkNode.of(production, HOLDFAST));
        nodes.addAll(outside());
        // As the operators make them.
        Map<String, Integer> postgres = Map.of("postgresql", 5432, "status", 8000, "metrics", 9187);
        for (String database : List.of("orders-database", "payments-database")) {
            nodes.add(NetworkNode.pod(database, HOLDFAST, Map.of("cnpg.io/cluster", database), postgres));
        }
        nodes.add(NetworkNode.pod(
                "rabbitmq",
                HOLDFAST,
                Map.of("app.kubernetes.io/name", "rabbitmq"),
                Map.of("amqps", 5671, "management-tls", 15671, "prometheus-tls", 15691, "clustering", 25672)));
        for (String namespace : List.of("cnpg-system", "rabbitmq-system", "keda")) {
            nodes.add(NetworkNode.pod(namespace, namespace, Map.of(), Map.of()));
        }
        Set<String> expected = ways(5671);
        for (String service : SERVICES) {
            expected.add(service + " -> internet:443");
            expected.add(service + " -> monitoring:4317");
        }
        for (String database : List.of("orders-database", "payments-database")) {
            expected.addAll(Set.of(
                    database + " -> " + database + ":5432",
                    database + " -> " + database + ":8000",
                    "cnpg-system -> " + database + ":5432",
                    "cnpg-system -> " + database + ":8000",
                    "monitoring -> " + database + ":9187"));
        }
        expected.addAll(Set.of(
                "rabbitmq -> rabbitmq:25672",
                "rabbitmq-system -> rabbitmq:15671",
                "keda -> rabbitmq:5671",
                "monitoring -> rabbitmq:15691"));
        assertThat(ways(production, nodes)).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** What both overlays have. */
    private static Set<String> ways(int broker) {
        Set<String> ways = new TreeSet<>(Set.of(
                "gateway-service -> order-service:8080",
                "gateway-service -> payment-service:8080",
                "order-service -> payment-service:8080",
                "order-service -> orders-database:5432",
                "order-migration -> orders-database:5432",
                "payment-service -> payments-database:5432",
                "payment-migration -> payments-database:5432",
                "order-service -> rabbitmq:" + broker,
                "payment-service -> rabbitmq:" + broker));
        for (String service : SERVICES) {
            ways.add("monitoring -> " + service + ":9000");
            ways.add(service + " -> kube-dns:53");
        }
        ways.add("order-migration -> kube-dns:53");
        ways.add("payment-migration -> kube-dns:53");
        return ways;
    }

    private static List<NetworkNode> outside() {
        return List.of(
                NetworkNode.pod("kube-dns", "kube-system", Map.of("k8s-app", "kube-dns"), Map.of("dns", 53)),
                NetworkNode.pod("monitoring", "monitoring", Map.of(), Map.of("otlp", 4317)),
                NetworkNode.pod("neighbour", "default", Map.of(), Map.of("http", 443)),
                NetworkNode.address("internet", "203.0.113.7", 443),
                NetworkNode.address("credentials-of-the-cloud", "169.254.169.254", 443));
    }

    /** From or to our pods; the gateway's port is for whoever is not held back himself, so those are left out. */
    private static Set<String> ways(Manifests manifests, List<NetworkNode> nodes) {
        NetworkPolicies policies = new NetworkPolicies(manifests, HOLDFAST);
        Set<String> ways = new TreeSet<>();
        Set<String> clients = new TreeSet<>();
        for (NetworkNode from : nodes) {
            for (NetworkNode to : nodes) {
                for (int port : to.portsToTry()) {
                    if (!policies.allow(from, to, port)) {
                        continue;
                    }
                    if (DOOR.equals(to.name() + ":" + port)) {
                        clients.add(from.name());
                    } else if (policies.heldBack(from) || policies.letInSelectively(to)) {
                        ways.add(from.name() + " -> " + to.name() + ":" + port);
                    }
                }
            }
        }
        assertThat(configured(manifests))
                .hasSize(5)
                .allSatisfy(call -> assertThat(ways).anyMatch(it -> it.startsWith(call)));
        assertThat(clients).contains("neighbour", "internet").doesNotContain("order-service", "payment-service");
        return ways;
    }

    /** Whom the services are told to call. */
    private static List<String> configured(Manifests manifests) {
        return SERVICES.stream()
                .flatMap(service -> manifests.configuration(service).entrySet().stream()
                        .filter(it -> it.getKey().matches("(ORDERS|PAYMENTS)_URL|DATABASE_HOST"))
                        .map(it -> service + " -> " + it.getValue().replaceAll("https?://|-rw$", "") + ":"))
                .toList();
    }
}
