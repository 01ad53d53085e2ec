package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.load.StoredRows.OrderRow;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Pages;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Whether a customer's orders are those that were asked for and answered, once each, and are shown as they are stored. */
record OrdersCheck(Ledger ledger, Connection orders, QuietReads reads, Findings findings) {
    /** Returns the customer's orders as they are stored. */
    Map<UUID, OrderRow> check(CustomerLedger customer) throws SQLException, InterruptedException {
        Map<UUID, OrderRow> stored = stored(customer);
        BitSet seen = new BitSet();
        stored.values().forEach(row -> check(customer, row, seen));
        for (Operation operation : customer.operations()) {
            if (operation.orderId != null && !stored.containsKey(operation.orderId)) {
                findings.add("I2", "every order that was answered 201 exists", operation.toString());
            }
        }
        checkListed(customer, stored);
        return stored;
    }

    private Map<UUID, OrderRow> stored(CustomerLedger customer) throws SQLException {
        Map<UUID, OrderRow> stored = new HashMap<>();
        Pages.forEach(
                orders,
                """
                select id, amount, coalesce(capture_amount, amount) as charged, refunded, status, reason, description from orders
                where user_id = '%s' and id > ? order by id limit ?""".formatted(customer.user),
                Pages.FIRST_UUID,
                OrderRow::of,
                OrderRow::id,
                (List<OrderRow> page) -> page.forEach(row -> stored.put(row.id(), row)));
        return stored;
    }

    /** @param seen the numbers of the operations whose order was checked already */
    private void check(CustomerLedger customer, OrderRow row, BitSet seen) {
        Operation operation = ledger.operation(ledger.names().ofOrder(row.description()));
        if (operation == null || !operation.ledger.user.equals(customer.user)) {
            findings.add("I2", "every order was asked for by its user", row.toString());
            return;
        }
        String both = row + "; " + operation;
        if (seen.get(operation.number)) {
            findings.add("I7", "one operation makes one order", both);
        }
        seen.set(operation.number);
        if (row.amount().compareTo(operation.amount()) != 0) {
            findings.add("I2", "an order is of the amount that was asked for", both);
        }
        boolean mayWait = operation.manual && !operation.captureAccepted;
        if (!row.status().equals("FINISHED")
                && !row.status().equals("CANCELLED")
                && !(mayWait && row.status().equals("AUTHORIZED"))) {
            findings.add("I2", "every order that is not to be captured later becomes FINISHED or CANCELLED", both);
        }
        if (row.status().equals("FINISHED") && StoredRows.cents(row.charged()) != operation.chargedCents()) {
            findings.add("I3", "an order is charged what was asked for", both);
        }
        if (operation.orderId != null && !operation.orderId.equals(row.id())) {
            findings.add("I7", "the order of an operation is the one that was answered", both);
        }
        if (operation.surelyNotApplied()) {
            findings.add("I7", "what was refused made no order", both);
        }
        checkCancelled(operation, row, both);
        long refunded = StoredRows.cents(row.refunded());
        if (refunded < operation.refundedCents || (refunded > operation.refundedCents && !operation.maybeRefunded)) {
            findings.add("I7", "an order is refunded what was answered 201, once", both);
        }
    }

    private void checkCancelled(Operation operation, OrderRow row, String both) {
        if (operation.cancelled && !row.status().equals("CANCELLED")) {
            findings.add("I2", "an order that was answered as CANCELLED stays so", both);
        }
        if (operation.tooLate && !row.status().equals("FINISHED")) {
            findings.add("I2", "an order that could not be cancelled any more is FINISHED", both);
        }
        if (!operation.cancelAsked && "cancelled_by_request".equals(row.reason())) {
            findings.add("I2", "an order is cancelled by request only where that was asked for", both);
        }
    }

    private void checkListed(CustomerLedger customer, Map<UUID, OrderRow> stored) throws InterruptedException {
        long listed = 0;
        String next = "/orders?limit=200&user_id=" + customer.user;
        while (next != null) {
            Answer page = reads.read(next);
            for (JsonNode order : page.json()) {
                OrderRow row = stored.get(UUID.fromString(order.path("id").asText()));
                listed++;
                if (row == null
                        || !row.status().equals(order.path("status").asText())
                        || row.amount().compareTo(order.path("amount").decimalValue()) != 0
                        || row.refunded().compareTo(order.path("refunded").decimalValue()) != 0) {
                    findings.add("I2", "customers see an order as it is stored", order + "; stored " + row);
                }
            }
            next = page.next().orElse(null);
        }
        if (listed != stored.size()) {
            findings.add(
                    "I2",
                    "customers see each of their orders once",
                    "user %s: %d listed, %d stored".formatted(customer.user, listed, stored.size()));
        }
    }
}
