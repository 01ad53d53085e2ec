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
    private static final Set<String> EVERYBODYS_DOOR = Set.of("gateway-service:8080");

    @BeforeAll
    static void makeKeys() {
        new LocalKeys(Path.of("../k8s/overlays/local/keys")).makeUpForContainers();
    }

    @Test
    void theLocalOverlayOpensTheWaysThatItsServicesUseAndNoOther() {
        Manifests local = Kustomize.render("k8s/overlays/local");
        List<NetworkNode> nodes = new ArrayList<>(NetworkNode.of(local, HOLDFAST));
        nodes.addAll(outside());
        Set<String> expected = ways(5432, 5672);
        // Nobody in there has an address to call, but each may look one up.
        for (String infrastructure : List.of("orders-database", "payments-database", "rabbitmq")) {
            expected.add(infrastructure + " -> kube-dns:53");
        }
        assertThat(ways(local, nodes)).containsExactlyInAnyOrderElementsOf(expected);
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
        Set<String> expected = ways(5432, 5671);
        for (String service : List.of("gateway-service", "order-service", "payment-service")) {
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
    private static Set<String> ways(int database, int broker) {
        Set<String> ways = new TreeSet<>(Set.of(
                "gateway-service -> order-service:8080",
                "gateway-service -> payment-service:8080",
                "order-service -> payment-service:8080",
                "order-service -> orders-database:" + database,
                "order-migration -> orders-database:" + database,
                "payment-service -> payments-database:" + database,
                "payment-migration -> payments-database:" + database,
                "order-service -> rabbitmq:" + broker,
                "payment-service -> rabbitmq:" + broker));
        for (String service : List.of("gateway-service", "order-service", "payment-service")) {
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
                    if (EVERYBODYS_DOOR.contains(to.name() + ":" + port)) {
                        clients.add(from.name());
                    } else if (policies.heldBack(from) || policies.letInSelectively(to)) {
                        ways.add(from.name() + " -> " + to.name() + ":" + port);
                    }
                }
            }
        }
        assertThat(clients).contains("neighbour", "internet").doesNotContain("order-service", "payment-service");
        return ways;
    }
}
