package dev.holdfast.system.bench;

import dev.holdfast.system.invariants.BrokerQueues;
import dev.holdfast.system.invariants.Database;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the stack to measure is, and which processes it consists of.
 *
 * @param administration the databases' server, as a user who may create others; null where there is no such user
 * @param processes by their names for the report; the three services come first
 */
record RunningStack(
        URI gateway,
        Database orders,
        Database payments,
        @Nullable Database administration,
        BrokerQueues broker,
        Map<String, ProcessTree> processes) {
    static final String POSTGRES = "postgres";
    private static final Map<String, String> PID_VARIABLES = pidVariables();

    /**
     * From the variables that {@code ./holdfast env} prints. Without the process ids there are no CPU figures.
     *
     * @throws IllegalArgumentException when one that is needed is missing
     */
    static RunningStack of(Map<String, String> environment) {
        UnaryOperator<String> needed = name -> {
            String value = environment.get(name);
            if (value == null || value.isBlank()) {
                throw new IllegalArgumentException("bench: " + name
                        + " is not set. Start the stack with ./holdfast up -d and run ./holdfast bench,"
                        + " or load its variables first: eval \"$(./holdfast env)\"");
            }
            return value;
        };
        Map<String, ProcessTree> processes = new LinkedHashMap<>();
        PID_VARIABLES.forEach((name, variable) -> {
            String pid = environment.getOrDefault(variable, "");
            if (pid.matches("[0-9]+")) {
                processes.put(name, new ProcessTree(Long.parseLong(pid)));
            }
        });
        return new RunningStack(
                URI.create(needed.apply("HOLDFAST_GATEWAY_URL")),
                Database.of(needed.apply("ORDERS_DATABASE_URL")),
                Database.of(needed.apply("PAYMENTS_DATABASE_URL")),
                environment.containsKey("POSTGRES_URL") ? Database.of(environment.get("POSTGRES_URL")) : null,
                new BrokerQueues(needed.apply("AMQP_URL")),
                processes);
    }

    private static Map<String, String> pidVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("gateway", "GATEWAY_PID");
        variables.put("orders", "ORDERS_PID");
        variables.put("payments", "PAYMENTS_PID");
        variables.put(POSTGRES, "POSTGRES_PID");
        variables.put("rabbitmq", "RABBITMQ_PID");
        return variables;
    }
}
