package dev.holdfast.system;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides as a cluster that enforces network policies does: both ends must let a connection pass. */
record NetworkPolicies(List<NetworkPolicy> policies, String namespace) {
    private static final String INGRESS = "Ingress";
    private static final String EGRESS = "Egress";

    /** One direction of a policy. */
    private record Rule(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {}

    NetworkPolicies(Manifests manifests, String namespace) {
        this(manifests.all(NetworkPolicy.class).toList(), namespace);
    }

    boolean allow(NetworkNode from, NetworkNode to, int port) {
        return passes(EGRESS, from, to, to, port) && passes(INGRESS, to, from, to, port);
    }

    boolean heldBack(NetworkNode from) {
        return of(EGRESS, from).findAny().isPresent();
    }

    boolean letInSelectively(NetworkNode to) {
        return of(INGRESS, to).findAny().isPresent();
    }

    private boolean passes(String direction, NetworkNode held, NetworkNode peer, NetworkNode to, int port) {
        return of(direction, held).findAny().isEmpty()
                || of(direction, held)
                        .flatMap(policy -> rules(direction, policy))
                        .anyMatch(rule ->
                                (rule.peers().isEmpty() || rule.peers().stream().anyMatch(it -> isOneOf(peer, it)))
                                        && (rule.ports().isEmpty()
                                                || rule.ports().stream().anyMatch(it -> includes(it, to, port))));
    }

    /** Those that hold for it in this direction. Whoever none holds for is free. */
    private Stream<NetworkPolicy> of(String direction, NetworkNode node) {
        return policies.stream()
                .filter(it -> node.namespace().equals(namespace))
                .filter(it -> it.getSpec().getPolicyTypes().contains(direction))
                .filter(it -> selects(it.getSpec().getPodSelector(), node.labels()));
    }

    private static Stream<Rule> rules(String direction, NetworkPolicy policy) {
        return direction.equals(INGRESS)
                ? policy.getSpec().getIngress().stream().map(it -> new Rule(it.getFrom(), it.getPorts()))
                : policy.getSpec().getEgress().stream().map(it -> new Rule(it.getTo(), it.getPorts()));
    }

    private boolean isOneOf(NetworkNode node, NetworkPolicyPeer peer) {
        if (peer.getIpBlock() != null) {
            return isIn(node.address(), peer.getIpBlock());
        }
        if (node.namespace().isEmpty()) {
            return false;
        }
        boolean here = peer.getNamespaceSelector() == null
                ? node.namespace().equals(namespace)
                : selects(peer.getNamespaceSelector(), Map.of("kubernetes.io/metadata.name", node.namespace()));
        return here && selects(peer.getPodSelector(), node.labels());
    }

    private static boolean includes(NetworkPolicyPort allowed, NetworkNode to, int port) {
        String name = allowed.getPort().getStrVal();
        if (name != null) {
            return Integer.valueOf(port).equals(to.ports().get(name));
        }
        int first = allowed.getPort().getIntVal();
        return first <= port && port <= (allowed.getEndPort() == null ? first : allowed.getEndPort());
    }

    private static boolean selects(@Nullable LabelSelector selector, Map<String, String> labels) {
        return selector == null
                || (labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
                        && selector.getMatchExpressions().stream().allMatch(it -> meets(it, labels)));
    }

    private static boolean meets(LabelSelectorRequirement requirement, Map<String, String> labels) {
        if (!requirement.getOperator().equals("In")) {
            throw new AssertionError("not known here: " + requirement);
        }
        return requirement.getValues().contains(labels.getOrDefault(requirement.getKey(), ""));
    }

    private static boolean isIn(String address, IPBlock block) {
        return isIn(address, block.getCidr()) && block.getExcept().stream().noneMatch(it -> isIn(address, it));
    }

    private static boolean isIn(String address, String network) {
        String[] parts = network.split("/");
        int bits = Integer.parseInt(parts[1]);
        return bits == 0 || number(address) >>> (32 - bits) == number(parts[0]) >>> (32 - bits);
    }

    private static long number(String address) {
        return Stream.of(address.split("\\.")).mapToLong(Long::parseLong).reduce(0, (sum, part) -> sum << 8 | part);
    }
}
