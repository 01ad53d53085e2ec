package dev.holdfast.localstack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a user may decide about the local stack.
 *
 * @param ordersPorts one for each replica of order-service
 * @param paymentsPorts one for each replica of payment-service
 * @param queues over so many queues the events of each direction are spread
 * @param amqpUrl a broker to use instead of starting one
 * @param authenticated whether the services ask for tokens
 * @param tls for a stack that speaks TLS only
 * @param javaOptions of each service that runs on a JVM
 * @param nativeOptions of each service that runs as a native binary
 */
public record StackSettings(
        int gatewayPort,
        List<Integer> ordersPorts,
        List<Integer> paymentsPorts,
        int queues,
        Optional<String> amqpUrl,
        boolean authenticated,
        Optional<StackTls> tls,
        List<String> javaOptions,
        List<String> nativeOptions) {
    static final String GATEWAY_PORT = "HOLDFAST_GATEWAY_PORT";
    static final String ORDERS_PORT = "HOLDFAST_ORDERS_PORT";
    static final String PAYMENTS_PORT = "HOLDFAST_PAYMENTS_PORT";
    static final String AUTH = "HOLDFAST_AUTH";
    static final String REPLICAS = "HOLDFAST_REPLICAS";
    static final String QUEUES = "HOLDFAST_QUEUES";

    /** More than this machine's PostgreSQL has connections for is no use. */
    static final int MAX_REPLICAS = 4;
    /** More are for brokers of several nodes. */
    private static final int MAX_QUEUES = 4;
    /** From a replica's port to the next one's. */
    private static final int PORT_STEP = 10;

    /** From a service's port to that of its health and metrics. A second stack is told to go a thousand further. */
    private static final int MANAGEMENT_STEP = 500;

    /**
     * A small heap with room for what hostile clients send at once, the collector of least memory, and what the compilers
     * needed given back: the whole system shall fit beside an IDE. Survivors have room, since whatever has none fills the old generation, which grows before it is
     * collected. The AOT cache is mapped where it was written for: moved elsewhere, most of it becomes the process's own.
     */
    private static final String DEFAULT_JAVA_OPTIONS = "-Xms64m -Xmx256m -Xmn24m -XX:SurvivorRatio=4 -XX:+UseSerialGC"
            + " -XX:TrimNativeHeapInterval=5000 -XX:+ExitOnOutOfMemoryError"
            + " -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0";
    /** The same bound; what else a native binary needs to know was built into it. */
    private static final String DEFAULT_NATIVE_OPTIONS = "-Xmx256m";

    static StackSettings of(Map<String, String> environment) {
        int replicas = count(environment, REPLICAS, MAX_REPLICAS, "replicas");
        return new StackSettings(
                ports(environment, GATEWAY_PORT, 8000, 1).getFirst(),
                ports(environment, ORDERS_PORT, 8001, replicas),
                ports(environment, PAYMENTS_PORT, 8002, replicas),
                count(environment, QUEUES, MAX_QUEUES, "queues"),
                given(environment, "AMQP_URL"),
                authenticated(environment),
                Optional.empty(),
                words(given(environment, "HOLDFAST_JAVA_OPTS").orElse(DEFAULT_JAVA_OPTIONS)),
                words(given(environment, "HOLDFAST_NATIVE_OPTS").orElse(DEFAULT_NATIVE_OPTIONS)));
    }

    /** All on free ports and secured, for tests. */
    public static StackSettings onFreePorts(int replicas, int queues) {
        List<String> options = new ArrayList<>(words(DEFAULT_JAVA_OPTIONS));
        options.addAll(LocalService.FAST_START_OPTIONS);
        return new StackSettings(
                freePort(),
                IntStream.range(0, replicas).mapToObj(i -> freePort()).toList(),
                IntStream.range(0, replicas).mapToObj(i -> freePort()).toList(),
                queues,
                Optional.empty(),
                true,
                Optional.empty(),
                options,
                words(DEFAULT_NATIVE_OPTIONS));
    }

    /** The same, with TLS on all connections but those for health and metrics. */
    public StackSettings with(StackTls certificates) {
        return new StackSettings(
                gatewayPort,
                ordersPorts,
                paymentsPorts,
                queues,
                amqpUrl,
                authenticated,
                Optional.of(certificates),
                javaOptions,
                nativeOptions);
    }

    /** Of the gateway and the services. */
    String scheme() {
        return tls.isPresent() ? "https" : "http";
    }

    /** Beside a stack that may be running: on free ports, secured, and with a broker of its own; its options are the user's. */
    public static StackSettings besideOthers(Map<String, String> environment) {
        StackSettings given = of(environment);
        return given.besideOthers(given.javaOptions);
    }

    /** Who is trained to ask for tokens can do without. */
    StackSettings forTraining() {
        List<String> options = new ArrayList<>(javaOptions);
        options.add(LocalService.TRAINING_OPTION);
        return besideOthers(List.copyOf(options));
    }

    private StackSettings besideOthers(List<String> options) {
        return new StackSettings(
                freePort(),
                List.of(freePort()),
                List.of(freePort()),
                1,
                Optional.empty(),
                true,
                Optional.empty(),
                options,
                nativeOptions);
    }

    /** The port for health and metrics of the service that has this one for its callers. */
    static int managementPort(int port) {
        return port + MANAGEMENT_STEP;
    }

    static int freePort() {
        return Ports.freeWith(MANAGEMENT_STEP);
    }

    /** @throws StackException if a port is taken or used twice; names the port and the variable that changes it */
    void requireFreePorts() {
        List<WantedPort> wanted = new ArrayList<>(WantedPort.of(GATEWAY_PORT, List.of(gatewayPort)));
        wanted.addAll(WantedPort.of(ORDERS_PORT, ordersPorts));
        wanted.addAll(WantedPort.of(PAYMENTS_PORT, paymentsPorts));
        List<String> wrong = new ArrayList<>();
        for (WantedPort one : wanted) {
            if (wanted.stream().filter(other -> other.port() == one.port()).count() > 1) {
                wrong.add("port " + one.port() + " is wanted more than once: " + one.origin() + " says so");
            } else if (!Ports.isFree(one.port())) {
                wrong.add("port " + one.port()
                        + (one.above() == 0 ? "" : ", " + one.origin() + ",")
                        + " is taken by another process: choose another, for example " + one.variable() + "="
                        + (one.port() - one.above() + 1000));
            }
        }
        if (!wrong.isEmpty()) {
            throw new StackException(String.join("\n", wrong.stream().sorted().toList()));
        }
    }

    /** @param above the variable's port */
    private record WantedPort(String variable, int above, int port) {
        static List<WantedPort> of(String variable, List<Integer> ports) {
            return ports.stream()
                    .flatMap(port -> Stream.of(port, managementPort(port)))
                    .map(port -> new WantedPort(variable, port - ports.getFirst(), port))
                    .toList();
        }

        String origin() {
            return above == 0 ? variable : variable + "+" + above;
        }
    }

    /** On one machine, reached by nobody else, a stack is open unless its user wants it secured. */
    private static boolean authenticated(Map<String, String> environment) {
        String mode = given(environment, AUTH).orElse("off");
        return switch (mode) {
            case "jwt" -> true;
            case "off" -> false;
            default -> throw new StackException(AUTH + "=" + mode + " is neither jwt nor off");
        };
    }

    private static int count(Map<String, String> environment, String variable, int max, String what) {
        String value = given(environment, variable).orElse("1");
        if (!value.matches("[1-" + max + "]")) {
            throw new StackException(variable + "=" + value + " is no number of " + what + " (1 to " + max + ")");
        }
        return Integer.parseInt(value);
    }

    private static List<Integer> ports(Map<String, String> environment, String variable, int otherwise, int replicas) {
        int first = port(environment, variable, otherwise);
        int last = first + (replicas - 1) * PORT_STEP;
        if (last > Ports.MAX) {
            throw new StackException(variable + "=" + first + " leaves no ports for " + replicas
                    + " replicas: they are " + PORT_STEP + " apart");
        }
        requireManagementPort(variable, first, last);
        return IntStream.range(0, replicas).mapToObj(i -> first + i * PORT_STEP).toList();
    }

    private static void requireManagementPort(String variable, int given, int last) {
        if (managementPort(last) > Ports.MAX) {
            throw new StackException(variable + "=" + given + " leaves no port for health and metrics, which have one "
                    + MANAGEMENT_STEP + " above");
        }
    }

    private static int port(Map<String, String> environment, String variable, int otherwise) {
        String value = given(environment, variable).orElse(Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(value);
            if (port >= 1 && port <= Ports.MAX) {
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
