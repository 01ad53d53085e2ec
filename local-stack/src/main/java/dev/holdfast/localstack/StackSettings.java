package dev.holdfast.localstack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user may decide about the local stack.
 *
 * @param amqpUrl a broker to use instead of starting one
 * @param javaOptions of each service that runs on a JVM
 */
public record StackSettings(
        int gatewayPort, int ordersPort, int paymentsPort, Optional<String> amqpUrl, List<String> javaOptions) {
    static final String GATEWAY_PORT = "HOLDFAST_GATEWAY_PORT";
    static final String ORDERS_PORT = "HOLDFAST_ORDERS_PORT";
    static final String PAYMENTS_PORT = "HOLDFAST_PAYMENTS_PORT";

    /** A small heap and the collector of least memory: the whole system shall fit beside an IDE. */
    private static final String DEFAULT_JAVA_OPTIONS = "-Xms64m -Xmx256m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError";

    static StackSettings of(Map<String, String> environment) {
        return new StackSettings(
                port(environment, GATEWAY_PORT, 8000),
                port(environment, ORDERS_PORT, 8001),
                port(environment, PAYMENTS_PORT, 8002),
                given(environment, "AMQP_URL"),
                words(given(environment, "HOLDFAST_JAVA_OPTS").orElse(DEFAULT_JAVA_OPTIONS)));
    }

    /** All three on free ports, for tests. */
    public static StackSettings onFreePorts() {
        return new StackSettings(
                Ports.free(), Ports.free(), Ports.free(), Optional.empty(), words(DEFAULT_JAVA_OPTIONS));
    }

    /** Beside a stack that may be running: on free ports, and with a broker of its own. */
    StackSettings forTraining() {
        List<String> options = new ArrayList<>(javaOptions);
        options.add(LocalService.TRAINING_OPTION);
        return new StackSettings(Ports.free(), Ports.free(), Ports.free(), Optional.empty(), List.copyOf(options));
    }

    /** @throws StackException if a port is taken or used twice; names the port and the variable that changes it */
    void requireFreePorts() {
        Map<String, Integer> ports =
                Map.of(GATEWAY_PORT, gatewayPort, ORDERS_PORT, ordersPort, PAYMENTS_PORT, paymentsPort);
        List<String> wrong = new ArrayList<>();
        ports.forEach((variable, port) -> {
            if (ports.values().stream().filter(port::equals).count() > 1) {
                wrong.add("port " + port + " is wanted more than once: " + variable + " says so");
            } else if (!Ports.isFree(port)) {
                wrong.add("port " + port + " is taken by another process: choose another, for example " + variable + "="
                        + (port + 1000));
            }
        });
        if (!wrong.isEmpty()) {
            throw new StackException(String.join("\n", wrong.stream().sorted().toList()));
        }
    }

    private static int port(Map<String, String> environment, String variable, int otherwise) {
        String value = given(environment, variable).orElse(Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(value);
            if (port >= 1 && port <= 65_535) {
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
