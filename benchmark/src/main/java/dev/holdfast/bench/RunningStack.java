package dev.holdfast.bench;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.limit.PostgresCounters;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.DeadLetters;
import dev.holdfast.invariants.Invariants;
import dev.holdfast.invariants.Quiescence;
import dev.holdfast.invariants.Violation;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The stack that runs on this machine: its databases, its broker and its processes are at hand.
 *
 * @param administration the databases' server, as a user who may create others; null where there is no such user
 * @param deadLetters how many there were before
 * @param processes by their names for the report; the three services come first
 */
record RunningStack(
        URI gateway,
        ClientTokens tokens,
        Database orders,
        Database payments,
        @Nullable Database administration,
        BrokerQueues broker,
        Map<String, Long> deadLetters,
        Map<String, ProcessTree> processes,
        Deliveries deliveries)
        implements Target {
    static final String POSTGRES = "postgres";
    private static final Map<String, String> PID_VARIABLES = pidVariables();

    /**
     * From the variables that {@code ./holdfast env} prints. Without the process ids there are no CPU figures.
     *
     * @throws IllegalArgumentException when one that is needed is missing
     */
    static RunningStack of(Map<String, String> environment) throws SQLException {
        UnaryOperator<String> needed = name -> {
            String value = environment.get(name);
            if (value == null || value.isBlank()) {
                throw new IllegalArgumentException("bench: " + name
                        + " is not set. Start the stack with ./holdfast up -d and run ./holdfast bench,"
                        + " or load its variables first: eval \"$(./holdfast env)\"");
            }
            return value;
        };
        String administration = environment.get("POSTGRES_URL");
        Database orders = Database.of(needed.apply("ORDERS_DATABASE_URL"));
        Database payments = Database.of(needed.apply("PAYMENTS_DATABASE_URL"));
        return new RunningStack(
                URI.create(needed.apply("HOLDFAST_GATEWAY_URL")),
                ClientTokens.of(environment),
                orders,
                payments,
                administration == null ? null : Database.of(administration),
                new BrokerQueues(
                        needed.apply("AMQP_URL"), Integer.parseInt(environment.getOrDefault("HOLDFAST_QUEUES", "1"))),
                DeadLetters.waiting(orders, payments),
                processes(environment),
                Deliveries.of(environment));
    }

    @Override
    public void awaitQuiet(Collection<UUID> userIds, Duration timeout) throws InterruptedException {
        new Quiescence(orders, payments, broker).await(timeout);
    }

    @Override
    public Terminals terminals(Load load) throws SQLException {
        return Terminals.of(load, orders);
    }

    @Override
    public void fill(int count) throws SQLException {
        filler().writeEnded(count);
    }

    /** As the administrator where there is one: it may analyze tables too. */
    private TableFiller filler() {
        return administration == null
                ? new TableFiller(orders, payments)
                : new TableFiller(administration.named(orders.name()), administration.named(payments.name()));
    }

    @Override
    public Backlog workOff(int count, List<UUID> users, Duration timeout) throws SQLException, InterruptedException {
        filler().writeOpen(count, users);
        long start = System.nanoTime();
        Duration sent = Backlog.awaitSent(orders, timeout);
        awaitQuiet(users, timeout);
        return Backlog.of(count, sent, Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public List<Violation> violations() throws IOException, SQLException {
        return new Invariants(orders, payments, broker, deadLetters).check();
    }

    /** What PostgreSQL has counted, once it has been told all: the services must be idle. */
    PostgresCounters counters() throws SQLException, InterruptedException {
        Thread.sleep(PostgresCounters.REPORTED_WITHIN);
        return PostgresCounters.read(orders, List.of(orders.name(), payments.name()));
    }

    private static Map<String, ProcessTree> processes(Map<String, String> environment) {
        Map<String, ProcessTree> processes = new LinkedHashMap<>();
        PID_VARIABLES.forEach((name, variable) -> {
            // All replicas where there may be several.
            String pids = environment.getOrDefault(variable + "S", environment.getOrDefault(variable, ""));
            if (pids.matches("[0-9]+( [0-9]+)*") && ProcessTree.isSupported()) {
                String[] replicas = pids.split(" ");
                for (int i = 0; i < replicas.length; i++) {
                    processes.put(replica(name, i), new ProcessTree(Long.parseLong(replicas[i])));
                }
            }
        });
        return processes;
    }

    /** The first is called like its service, the others have their number in addition. */
    static String replica(String service, int index) {
        return index == 0 ? service : service + " " + (index + 1);
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
