package dev.holdfast.system;

import static java.util.stream.Collectors.toMap;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whoever connections come from or lead to.
 *
 * @param namespace empty where it is no pod
 * @param ports by their names
 */
record NetworkNode(
        String name, String namespace, Map<String, String> labels, String address, Map<String, Integer> ports) {
    private static final int UNUSED_PORT = 1;

    static NetworkNode pod(String name, String namespace, Map<String, String> labels, Map<String, Integer> ports) {
        return new NetworkNode(name, namespace, labels, "10.0.0.1", ports);
    }

    static NetworkNode address(String name, String address, int port) {
        return new NetworkNode(name, "", Map.of(), address, Map.of("", port));
    }

    /** The pods of these manifests, by their names without a version. */
    static List<NetworkNode> of(Manifests manifests, String namespace) {
        return manifests.pods().entrySet().stream()
                .map(it -> pod(
                        it.getKey().replaceFirst("(-migration)-.*", "$1"),
                        namespace,
                        it.getValue().getMetadata().getLabels(),
                        ports(it.getValue())))
                .toList();
    }

    private static Map<String, Integer> ports(PodTemplateSpec pod) {
        return pod.getSpec().getContainers().getFirst().getPorts().stream()
                .collect(toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }

    /** Its own ports, and one that nobody has any reason to let through. */
    Set<Integer> portsToTry() {
        Set<Integer> ports = new TreeSet<>(this.ports.values());
        ports.add(UNUSED_PORT);
        return ports;
    }
}
