package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Poll;
import dev.holdfast.invariants.Violation;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Waits for what must come of a message fault, and gathers what does not. */
final class SceneChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final String fault;
    private final Database orders;
    private final Database payments;
    private final Caller caller;
    private final Findings findings = new Findings();
    private final Map<UUID, BigDecimal> openingBalances = new HashMap<>();
    private final List<PlacedOrder> placed = new ArrayList<>();

    SceneChecks(String fault, Database orders, Database payments, Caller caller) {
        this.fault = fault;
        this.orders = orders;
        this.payments = payments;
        this.caller = caller;
    }

    /** From now on the account is checked too. */
    void opened(UUID user, BigDecimal balance) {
        openingBalances.put(user, balance);
    }

    /** From now on these orders are checked too. */
    void placed(List<PlacedOrder> more) {
        placed.addAll(more);
    }

    List<Violation> violations() {
        return findings.violations();
    }

    void add(String invariant, String sentence, String row) {
        findings.add(invariant, sentence, fault + ": " + row);
    }

    /** Returns whether it came true in time; if not, that is a violation. */
    boolean await(String invariant, String sentence, Poll.Question<Boolean, SQLException> condition)
            throws SQLException, InterruptedException {
        boolean kept = Poll.until(TIMEOUT, POLL_INTERVAL, condition);
        if (!kept) {
            add(invariant, sentence, "not within " + TIMEOUT.toSeconds() + " seconds");
        }
        return kept;
    }

    /** Waits until all these orders are in that state. */
    void awaitStatus(List<PlacedOrder> some, String status) throws SQLException, InterruptedException {
        UUID[] ids = PlacedOrder.ids(some);
        if (!Poll.until(
                TIMEOUT,
                POLL_INTERVAL,
                () -> orders.count("select count(*) from orders where id = any (?) and status = ?", ids, status)
                        == ids.length)) {
            orders.texts(
                            "select id || ' ' || status || coalesce(' ' || reason, '') from orders"
                                    + " where id = any (?) and status <> ?",
                            ids,
                            status)
                    .forEach(row -> add("I2", "the order becomes " + status, row));
        }
    }

    /** Waits until nothing is held of the users of these orders any more. */
    void awaitNothingHeld(List<PlacedOrder> some) throws SQLException, InterruptedException {
        for (UUID user : some.stream().map(PlacedOrder::user).distinct().toList()) {
            await(
                    "I4",
                    "nothing stays reserved of " + user,
                    () -> account(user).json().path("held").decimalValue().signum() == 0);
        }
    }

    /**
     * Waits until all orders of the scene are as I2 and I3 want them, then compares the accounts by REST: a FINISHED order
     * is charged once, a CANCELLED one in the end not at all.
     */
    void money() throws SQLException, InterruptedException {
        if (!Poll.until(TIMEOUT, POLL_INTERVAL, () -> wrongOrders().isEmpty())) {
            wrongOrders().forEach(row -> add("I3", "a finished order is charged once, and no other", row));
        }
        Map<UUID, BigDecimal> expected = new HashMap<>(openingBalances);
        Map<String, String> statuses = statuses();
        for (PlacedOrder order : placed) {
            if ("FINISHED".equals(statuses.get(order.id().toString()))) {
                expected.merge(order.user(), PlacedOrder.PRICE, BigDecimal::subtract);
            }
        }
        for (Map.Entry<UUID, BigDecimal> each : expected.entrySet()) {
            Answer account = account(each.getKey());
            JsonNode balance = account.json().path("balance");
            if (!balance.isNumber() || balance.decimalValue().compareTo(each.getValue()) != 0) {
                add(
                        "I1",
                        "a balance is what was deposited less the finished orders",
                        "user %s: %s - orders of %s = %s, but was %s"
                                .formatted(
                                        each.getKey(),
                                        openingBalances.get(each.getKey()),
                                        PlacedOrder.PRICE,
                                        each.getValue(),
                                        account));
            }
        }
    }

    /** Each of these orders has one result. */
    void oneResultEach(List<PlacedOrder> some) throws SQLException {
        payments.texts(
                        "select order_id || ': ' || count(*) from outbox where order_id = any (?)"
                                + " group by order_id having count(*) <> 1",
                        (Object) PlacedOrder.ids(some))
                .forEach(row -> add("I5", "an event is applied once and answered once", row));
    }

    private List<String> wrongOrders() throws SQLException {
        Map<String, String> statuses = statuses();
        Map<String, String> transfers = byOrder(payments, """
                        select order_id || ' ' || string_agg(kind, '+' order by kind)
                        from transfer where order_id = any (?) group by order_id""");
        List<String> wrong = new ArrayList<>();
        for (PlacedOrder order : placed) {
            String outcome = statuses.getOrDefault(order.id().toString(), "lost") + ", transfers: "
                    + transfers.getOrDefault(order.id().toString(), "none");
            switch (outcome) {
                case "FINISHED, transfers: CAPTURE",
                        "CANCELLED, transfers: none",
                        "CANCELLED, transfers: CAPTURE+REFUND" -> {}
                default -> wrong.add(order + " " + outcome);
            }
        }
        return wrong;
    }

    private Map<String, String> statuses() throws SQLException {
        return byOrder(orders, "select id || ' ' || status from orders where id = any (?)");
    }

    private Map<String, String> byOrder(Database database, String sql) throws SQLException {
        return database.texts(sql, (Object) PlacedOrder.ids(placed)).stream()
                .map(row -> row.split(" ", 2))
                .collect(Collectors.toMap(row -> row[0], row -> row[1]));
    }

    private Answer account(UUID user) throws InterruptedException {
        return caller.send(Request.get("check", "/accounts/" + user));
    }
}
