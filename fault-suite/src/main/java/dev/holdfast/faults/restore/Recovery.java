package dev.holdfast.faults.restore;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.faults.MissedException;
import dev.holdfast.faults.Probe;
import dev.holdfast.faults.ReconciliationRun;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Invariants;
import dev.holdfast.invariants.Quiescence;
import dev.holdfast.invariants.Violation;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Brings a stack back whose databases were restored to different moments, step by step as docs/restore.md says.
 *
 * @param orders the server that has order-service's database
 * @param payments the server that has payment-service's
 * @param begunNanos when the restore began, as {@link System#nanoTime} says
 * @param settings of order-service, beside its own
 */
record Recovery(
        StackUnderTest stack,
        Disaster disaster,
        LocalPostgres orders,
        LocalPostgres payments,
        long begunNanos,
        Map<String, String> settings,
        Consumer<String> progress) {
    /** What came of it. */
    record Outcome(Map<String, Long> named, List<Violation> violations) {}

    /** To a customer who repeats an order: it is there, it was charged once already, or the money is short. */
    private static final Set<String> ANSWERS_TO_ORDERS = Set.of("201", "409 hold_captured", "402 insufficient_funds");

    private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(6);
    private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);

    Outcome run() throws IOException, SQLException, InterruptedException, MissedException {
        Instant restoredAt = Instant.now();
        Quiescence quiescence = new Quiescence(ordersDatabase(), paymentsDatabase(), stack.broker());
        List<Violation> violations = new ArrayList<>();

        start(stack.paymentsReplicas(), payments, Map.of());
        repeatDeposits(violations);
        repeatWithdrawals(violations);
        start(stack.ordersReplicas(), orders, settings);
        quiescence.await(QUIET_TIMEOUT);
        Map<String, Long> named;
        try (Operator operator = new Operator(stack.tokens())) {
            Runbook runbook = new Runbook(stack.orders(), stack.payments(), stack.tokens(), operator, progress);
            named = runbook.follow();
            progress.accept("  discarded " + runbook.discardResultsWithoutOrder() + " results without an order");
        }
        stack.gatewayProcess().start();
        try (Probe probe = new Probe(stack.gateway(), stack.tokens())) {
            probe.await(PROBE_TIMEOUT);
        }
        progress.accept("  the gateway is open again after " + Disaster.secondsSince(begunNanos) + " s");
        repeatOrders(violations);
        quiescence.await(QUIET_TIMEOUT);
        violations.addAll(new Invariants(ordersDatabase(), paymentsDatabase(), stack.broker())
                .afterRestoreAt(restoredAt)
                .check());
        violations.addAll(new ReconciliationRun(stack.gateway(), stack.tokens()).violations());
        stack.internalErrors()
                .forEach(error -> violations.add(new Violation("I8", "no request is answered 500", 1, List.of(error))));
        return new Outcome(named, violations);
    }

    private static void start(List<LocalService> replicas, LocalPostgres database, Map<String, String> settings) {
        Map<String, String> variables = new HashMap<>(settings);
        variables.put("DATABASE_PORT", Integer.toString(database.port()));
        replicas.forEach(replica -> replica.start(variables));
    }

    /** From the shop's records: nothing else knows of them. */
    private void repeatDeposits(List<Violation> violations) throws InterruptedException {
        Map<String, Integer> answers = disaster.ledger().repeatDeposits(stack.payments(), stack.tokens());
        progress.accept("  repeated the deposits that have keys: " + answers);
        if (!Set.of("200").containsAll(answers.keySet())) {
            violations.add(new Violation("I7", "a deposit can be repeated", answers.size(), List.of("" + answers)));
        }
    }

    /** After the deposits, and before their owners can spend the money once more. */
    private void repeatWithdrawals(List<Violation> violations) throws InterruptedException {
        Map<String, Integer> answers = disaster.ledger().repeatWithdrawals(stack.payments(), stack.tokens());
        progress.accept("  repeated the withdrawals that have keys: " + answers);
        // Deposits without a key are lost, and orders that are lost may still hold money.
        if (!Set.of("200", "402 insufficient_funds").containsAll(answers.keySet())) {
            violations.add(new Violation("I7", "a withdrawal can be repeated", answers.size(), List.of("" + answers)));
        }
    }

    private void repeatOrders(List<Violation> violations) throws InterruptedException {
        Map<String, Integer> answers = disaster.ledger().repeatOrders(stack.gateway(), stack.tokens());
        progress.accept("  repeated the orders that have keys: " + answers);
        if (!ANSWERS_TO_ORDERS.containsAll(answers.keySet())) {
            violations.add(new Violation("I7", "an order can be repeated", answers.size(), List.of("" + answers)));
        }
    }

    /** Before the services are started. */
    void emptyBroker() throws IOException, TimeoutException {
        try (Connection connection = stack.broker().connect();
                Channel channel = connection.createChannel()) {
            for (List<String> queues : List.of(stack.broker().saga(), BrokerQueues.DEAD_LETTERS)) {
                for (String queue : queues) {
                    channel.queuePurge(queue);
                }
            }
        }
    }

    private Database ordersDatabase() {
        return database(orders, "orders");
    }

    private Database paymentsDatabase() {
        return database(payments, "payments");
    }

    private static Database database(LocalPostgres server, String name) {
        String user = server.user(name);
        return Database.of(server.jdbcUrl(name), user, server.password(user));
    }
}
