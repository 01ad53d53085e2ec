package dev.holdfast.invariants;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Checks I1 to I7 and I9, as far as the databases and the broker can show them, in bounded memory whatever the tables hold.
 * Those who send requests check the answers (I7 for deposits and withdrawals, I8). The system must be quiet, see
 * {@link Quiescence}: what is still under way would count as broken.
 *
 * @param knownDeadLetters how many dead letters of each queue are accounted for; one more is a violation of I6
 * @param sweepGrace how long after its expiry a hold may still be HELD: one sweep of payment-service and some time
 * @param restoredAt when the databases were restored to different moments. What was sent before is not looked for in the
 *     other service's inbox, an order of before that is CANCELLED need not have a hold, and money that was captured for an
 *     order that is lost may have been given back
 */
public record Invariants(
        Database orders,
        Database payments,
        BrokerQueues broker,
        Map<String, Long> knownDeadLetters,
        Duration sweepGrace,
        Instant restoredAt) {
    static final Instant NEVER_RESTORED = Instant.EPOCH;
    private static final Duration DEFAULT_SWEEP_GRACE = Duration.ofSeconds(30);

    public Invariants {
        knownDeadLetters = Map.copyOf(knownDeadLetters);
    }

    public Invariants(Database orders, Database payments, BrokerQueues broker) {
        this(orders, payments, broker, Map.of());
    }

    public Invariants(Database orders, Database payments, BrokerQueues broker, Map<String, Long> knownDeadLetters) {
        this(orders, payments, broker, knownDeadLetters, DEFAULT_SWEEP_GRACE, NEVER_RESTORED);
    }

    /** The same of databases that were restored then. */
    public Invariants afterRestoreAt(Instant moment) {
        return new Invariants(orders, payments, broker, knownDeadLetters, sweepGrace, moment);
    }

    /** All promises that are broken, each with its first offending rows; empty when all are kept. */
    public List<Violation> check() throws SQLException, IOException {
        Findings findings = new Findings();
        try (Connection ordersSnapshot = orders.openSnapshot();
                Connection paymentsSnapshot = payments.openSnapshot()) {
            for (Rule rule : OrdersRules.rules()) {
                rule.check(ordersSnapshot, findings);
            }
            for (Rule rule : PaymentsRules.rules(sweepGrace)) {
                rule.check(paymentsSnapshot, findings);
            }
            new OrdersAgainstPayments(ordersSnapshot, paymentsSnapshot, restoredAt, findings).check();
            EventDelivery.check(
                    ordersSnapshot, "order-service", paymentsSnapshot, "payment-service", restoredAt, findings);
            EventDelivery.check(
                    paymentsSnapshot, "payment-service", ordersSnapshot, "order-service", restoredAt, findings);
        }
        DeadLetters.waiting(orders, payments).forEach((queue, waiting) -> {
            if (waiting > knownDeadLetters.getOrDefault(queue, 0L)) {
                findings.add("I6", "no event becomes a dead letter without a cause", waiting + " of " + queue);
            }
        });
        broker.depths(BrokerQueues.DEAD_LETTERS).forEach((queue, depth) -> {
            if (depth > 0) {
                findings.add("I6", "a dead letter is moved to where operators see it", queue + " holds " + depth);
            }
        });
        return findings.violations();
    }
}
