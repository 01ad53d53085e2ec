package dev.holdfast.localstack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a user may decide about the local stack.
 *
 * @param ordersPorts one for each replica of order-service
 * @param paymentsPorts one for each replica of payment-service
 * @param amqpUrl a broker to use instead of starting one
 * @param javaOptions of each service that runs on a JVM
 * @param nativeOptions of each service that runs as a native binary
 */
public record StackSettings(
        int gatewayPort,
        List<Integer> ordersPorts,
        List<Integer> paymentsPorts,
        Optional<String> amqpUrl,
        List<String> javaOptions,
        List<String> nativeOptions) {
    static final String GATEWAY_PORT = "HOLDFAST_GATEWAY_PORT";
    static final String ORDERS_PORT = "HOLDFAST_ORDERS_PORT";
    static final String PAYMENTS_PORT = "HOLDFAST_PAYMENTS_PORT";
    static final String REPLICAS = "HOLDFAST_REPLICAS";

    /** More than this machine's PostgreSQL has connections for is no use. */
    static final int MAX_REPLICAS = 4;
    /** From a replica's port to the next one's. */
    private static final int PORT_STEP = 10;

    private static final int MAX_PORT = 65_535;

    /**
     * A small heap with room for what hostile clients send at once, the collector of least memory, and what the compilers
     * needed given back: the whole system shall fit beside an IDE. Survivors have room, since whatever has none fills the old generation, which grows before it is
     * collected. The AOT cache is mapped where it was written for: moved elsewhere, most of it becomes the process's own.
     */
    private static final String DEFAULT_JAVA_OPTIONS = "-Xms64m -Xmx256m -Xmn24m -XX:SurvivorRatio=4 -XX:+UseSerialGC"
            + " -XX:TrimNativeHeapInterval=5000 -XX:+ExitOnOutOfMemoryError"
            + " -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0";
    /** The same bound and the same end; without them a native binary takes most of the machine's memory. */
    private static final String DEFAULT_NATIVE_OPTIONS = "-Xmx256m -Xmn24m -XX:+ExitOnOutOfMemoryError";

    static StackSettings of(Map<String, String> environment) {
        int replicas = replicas(environment);
        return new StackSettings(
                port(environment, GATEWAY_PORT, 8000),
                ports(environment, ORDERS_PORT, 8001, replicas),
                ports(environment, PAYMENTS_PORT, 8002, replicas),
                given(environment, "AMQP_URL"),
                words(given(environment, "HOLDFAST_JAVA_OPTS").orElse(DEFAULT_JAVA_OPTIONS)),
                words(given(environment, "HOLDFAST_NATIVE_OPTS").orElse(DEFAULT_NATIVE_OPTIONS)));
    }

    /** All on free ports, for tests. */
    public static StackSettings onFreePorts(int replicas) {
        return new StackSettings(
                Ports.free(),
                IntStream.range(0, replicas).mapToObj(i -> Ports.free()).toList(),
                IntStream.range(0, replicas).mapToObj(i -> Ports.free()).toList(),
                Optional.empty(),
                words(DEFAULT_JAVA_OPTIONS),
                words(DEFAULT_NATIVE_OPTIONS));
    }

    /** Beside a stack that may be running: on free ports, and with a broker of its own. */
    StackSettings forTraining() {
        List<String> options = new ArrayList<>(javaOptions);
        options.add(LocalService.TRAINING_OPTION);
        return new StackSettings(
                Ports.free(),
                List.of(Ports.free()),
                List.of(Ports.free()),
                Optional.empty(),
                List.copyOf(options),
                nativeOptions);
    }

    /** @throws StackException if a port is taken or used twice; names the port and the variable that changes it */
    void requireFreePorts() {
        List<WantedPort> wanted = new ArrayList<>();
        wanted.add(new WantedPort(GATEWAY_PORT, 0, gatewayPort));
        for (int i = 0; i < ordersPorts.size(); i++) {
            wanted.add(new WantedPort(ORDERS_PORT, i, ordersPorts.get(i)));
            wanted.add(new WantedPort(PAYMENTS_PORT, i, paymentsPorts.get(i)));
        }
        List<String> wrong = new ArrayList<>();
        for (WantedPort one : wanted) {
            if (wanted.stream().filter(other -> other.port() == one.port()).count() > 1) {
                wrong.add("port " + one.port() + " is wanted more than once: " + one.origin() + " says so");
            } else if (!Ports.isFree(one.port())) {
                wrong.add("port " + one.port()
                        + (one.replica() == 0 ? "" : ", " + one.origin() + ",")
                        + " is taken by another process: choose another, for example " + one.variable() + "="
                        + (one.port() - one.replica() * PORT_STEP + 1000));
            }
        }
        if (!wrong.isEmpty()) {
            throw new StackException(String.join("\n", wrong.stream().sorted().toList()));
        }
    }

    private record WantedPort(String variable, int replica, int port) {
        String origin() {
            return replica == 0 ? variable : variable + "+" + replica * PORT_STEP;
        }
    }

    private static int replicas(Map<String, String> environment) {
        String value = given(environment, REPLICAS).orElse("1");
        if (!value.matches("[1-" + MAX_REPLICAS + "]")) {
            throw new StackException(REPLICAS + "=" + value + " is no number of replicas (1 to " + MAX_REPLICAS + ")");
        }
        return Integer.parseInt(value);
    }

    private static List<Integer> ports(Map<String, String> environment, String variable, int otherwise, int replicas) {
        int first = port(environment, variable, otherwise);
        if (first + (replicas - 1) * PORT_STEP > MAX_PORT) {
            throw new StackException(variable + "=" + first + " leaves no ports for " + replicas
                    + " replicas: they are " + PORT_STEP + " apart");
        }
        return IntStream.range(0, replicas).mapToObj(i -> first + i * PORT_STEP).toList();
    }

    private static int port(Map<String, String> environment, String variable, int otherwise) {
        String value = given(environment, variable).orElse(Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(value);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Told below, as any other number that is no port.
        }
        throw new StackException(variable + "=" + value + " is not a port (1 to 65535)");
    }

    private static Optional<String> given(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static List<String> words(String options) {
        return List.of(options.strip().split("\\s+"));
    }
}
