package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Pages;
import dev.holdfast.invariants.Violation;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Holds a ledger against the databases and against what customers see, one customer at a time. */
final class LedgerCheck {
    private static final int CONNECTIONS = 4;
    /** Of answers that are not 200 although all is healed, and of figures between two sweeps. */
    private static final int LOOKS_MAX = 20;

    private static final Duration LOOK_PAUSE = Duration.ofMillis(500);

    private final Ledger ledger;
    private final URI gateway;
    private final Database orders;
    private final Database payments;
    private final Findings findings = new Findings();

    LedgerCheck(Ledger ledger, URI gateway, Database orders, Database payments) {
        this.ledger = ledger;
        this.gateway = gateway;
        this.orders = orders;
        this.payments = payments;
    }

    List<Violation> check() throws SQLException, InterruptedException {
        try (Caller caller = new Caller(gateway, CONNECTIONS);
                Connection ordersConnection = orders.open();
                Connection paymentsConnection = payments.open()) {
            for (Book book : ledger.books()) {
                Map<UUID, StoredRows.OrderRow> rows = new HashMap<>();
                long finished = checkOrders(ordersConnection, book, rows);
                checkListed(caller, book, rows);
                long heldByLoad = checkHolds(paymentsConnection, book, rows);
                checkAccount(caller, paymentsConnection, book, finished, heldByLoad);
            }
        }
        return findings.violations();
    }

    /** Returns the cents of the finished orders. */
    private long checkOrders(Connection connection, Book book, Map<UUID, StoredRows.OrderRow> rows)
            throws SQLException {
        BitSet seen = new BitSet();
        long[] finished = {0};
        Pages.forEach(
                connection,
                """
                select id, amount, status, description from orders
                where user_id = '%s' and id > ? order by id limit ?""".formatted(book.user),
                Pages.FIRST_UUID,
                StoredRows.OrderRow::of,
                StoredRows.OrderRow::id,
                (List<StoredRows.OrderRow> page) -> {
                    for (StoredRows.OrderRow row : page) {
                        rows.put(row.id(), row);
                        judge(book, row, seen);
                        if (row.status().equals("FINISHED")) {
                            finished[0] += StoredRows.cents(row.amount());
                        }
                    }
                });
        for (Operation operation : book.operations()) {
            if (operation.orderId != null && !rows.containsKey(operation.orderId)) {
                findings.add("I2", "every order that was answered 201 exists", operation.toString());
            }
        }
        return finished[0];
    }

    private void judge(Book book, StoredRows.OrderRow row, BitSet seen) {
        Operation operation = operation(ledger.names().ofOrder(row.description()));
        if (operation == null || !operation.book.user.equals(book.user)) {
            findings.add("I2", "every order was asked for by its user", row.toString());
            return;
        }
        String both = row + "; " + operation;
        if (seen.get(operation.number)) {
            findings.add("I7", "one wish makes one order", both);
        }
        seen.set(operation.number);
        if (row.amount().compareTo(operation.amount()) != 0) {
            findings.add("I2", "an order is of the amount that was asked for", both);
        }
        if (!row.status().equals("FINISHED") && !row.status().equals("CANCELLED")) {
            findings.add("I2", "every order becomes FINISHED or CANCELLED", both);
        }
        if (operation.orderId != null && !operation.orderId.equals(row.id())) {
            findings.add("I7", "the order of a wish is the one that was answered", both);
        }
        if (operation.surelyNotApplied()) {
            findings.add("I7", "what was refused made no order", both);
        }
    }

    private void checkListed(Caller caller, Book book, Map<UUID, StoredRows.OrderRow> rows)
            throws InterruptedException {
        long listed = 0;
        String next = "/orders?limit=200&user_id=" + book.user;
        while (next != null) {
            Answer page = look(caller, next);
            for (JsonNode order : page.json()) {
                StoredRows.OrderRow row =
                        rows.get(UUID.fromString(order.path("id").asText()));
                listed++;
                if (row == null
                        || !row.status().equals(order.path("status").asText())
                        || row.amount().compareTo(order.path("amount").decimalValue()) != 0) {
                    findings.add("I2", "customers see an order as it is stored", order + "; stored " + row);
                }
            }
            next = page.next().orElse(null);
        }
        if (listed != rows.size()) {
            findings.add(
                    "I2",
                    "customers see each of their orders once",
                    "user %s: %d listed, %d stored".formatted(book.user, listed, rows.size()));
        }
    }

    /** Returns the cents of the holds that stay open. */
    private long checkHolds(Connection connection, Book book, Map<UUID, StoredRows.OrderRow> ordersOfUser)
            throws SQLException {
        BitSet seen = new BitSet();
        long[] orphans = {0};
        Pages.forEach(
                connection,
                """
                select order_id, amount, status from hold
                where user_id = '%s' and order_id > ? order by order_id limit ?""".formatted(book.user),
                Pages.FIRST_UUID,
                StoredRows.HoldRow::of,
                StoredRows.HoldRow::orderId,
                (List<StoredRows.HoldRow> page) -> {
                    for (StoredRows.HoldRow row : page) {
                        OptionalInt number = ledger.names().ofHold(row.orderId());
                        if (number.isPresent()) {
                            seen.set(number.getAsInt());
                            judge(book, row, operation(number));
                        } else if (row.status().equals("HELD") && !ordersOfUser.containsKey(row.orderId())) {
                            orphans[0]++;
                        }
                    }
                });
        long kept = 0;
        long unclearOrders = 0;
        for (Operation operation : book.operations()) {
            if (operation.kind == Operation.Kind.HOLD && operation.applied && !seen.get(operation.number)) {
                findings.add("I7", "a hold that was answered 200 exists", operation.toString());
            }
            if (operation.kind == Operation.Kind.ORDER && operation.unclear > 0) {
                unclearOrders++;
            }
            if (operation.kind == Operation.Kind.HOLD
                    && operation.afterwards == Step.Afterwards.KEEP
                    && operation.applied) {
                kept += operation.cents;
            }
        }
        if (orphans[0] > unclearOrders) {
            findings.add(
                    "I4",
                    "money is reserved only for an order, for a while after an unclear request",
                    "user %s: %d holds without order, %d unclear requests"
                            .formatted(book.user, orphans[0], unclearOrders));
        }
        return kept;
    }

    private void judge(Book book, StoredRows.HoldRow row, @Nullable Operation operation) {
        String both = row + "; " + operation;
        if (operation == null || !operation.book.user.equals(book.user) || operation.kind != Operation.Kind.HOLD) {
            findings.add("I7", "every hold was asked for by its user", both);
            return;
        }
        if (StoredRows.cents(row.amount()) != operation.cents) {
            findings.add("I7", "a hold is of the amount of the request that was answered 200", both);
        }
        if (operation.surelyNotApplied()) {
            findings.add("I7", "what was refused reserved nothing", both);
        }
        if (operation.released && !row.status().equals("RELEASED")) {
            findings.add("I7", "a released hold stays released", both);
        } else if (!operation.releaseAsked && row.status().equals("RELEASED")) {
            findings.add("I7", "a hold is released only where that was asked for", both);
        } else if (operation.applied
                && operation.afterwards == Step.Afterwards.KEEP
                && !row.status().equals("HELD")) {
            findings.add("I4", "a hold stays until it expires or is released", both);
        } else if (row.status().equals("CAPTURED")) {
            findings.add("I3", "money is captured only for an order", both);
        }
    }

    private void checkAccount(Caller caller, Connection connection, Book book, long finished, long kept)
            throws SQLException, InterruptedException {
        StoredRows.AccountRow stored = StoredRows.AccountRow.of(connection, book.user);
        Answer answer = look(caller, "/accounts/" + book.user);
        // Between its expiry and its sweep a hold is shown as free and stored as HELD.
        for (int looks = 1; looks < LOOKS_MAX && !shows(answer, "held", stored.held()); looks++) {
            Thread.sleep(LOOK_PAUSE);
            stored = StoredRows.AccountRow.of(connection, book.user);
            answer = look(caller, "/accounts/" + book.user);
        }
        if (!shows(answer, "balance", stored.balance())
                || !shows(answer, "held", stored.held())
                || !shows(answer, "held", stored.sumOfHeldHolds())
                || !shows(answer, "available", stored.balance().subtract(stored.held()))) {
            findings.add("I1", "customers see their account as it is stored", answer + "; " + stored);
        }
        AccountArithmetic.judge(
                findings,
                book,
                new AccountArithmetic.Stored(
                        StoredRows.cents(stored.balance()), finished, StoredRows.deposits(connection, book.user)));
        if (StoredRows.cents(stored.held()) < kept) {
            findings.add(
                    "I1",
                    "what a customer reserved and did not release stays reserved",
                    "user %s: held %s, kept %s".formatted(book.user, stored.held(), Book.money(kept)));
        }
    }

    /** What is answered 200 in the end; else it is named, and an empty answer returned. */
    private Answer look(Caller caller, String target) throws InterruptedException {
        Answer answer = caller.send(Request.get("check", target));
        for (int looks = 1; looks < LOOKS_MAX && answer.status() != 200; looks++) {
            Thread.sleep(LOOK_PAUSE);
            answer = caller.send(Request.get("check", target));
        }
        if (answer.status() != 200) {
            findings.add("I8", "reads are answered 200 when all is healed", target + " was " + answer);
            return new Answer(answer.status(), "", "");
        }
        return answer;
    }

    private static boolean shows(Answer answer, String field, BigDecimal amount) {
        JsonNode shown = answer.json().path(field);
        return shown.isNumber() && shown.decimalValue().compareTo(amount) == 0;
    }

    private @Nullable Operation operation(OptionalInt number) {
        return number.isPresent() && number.getAsInt() < ledger.operations().size()
                ? ledger.operations().get(number.getAsInt())
                : null;
    }
}
