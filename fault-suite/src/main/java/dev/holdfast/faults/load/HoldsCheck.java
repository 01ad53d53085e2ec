package dev.holdfast.faults.load;

import dev.holdfast.faults.load.StoredRows.HoldRow;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Pages;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Whether a customer's holds are those that were asked for, in the state that follows from the answers. */
record HoldsCheck(Ledger ledger, Connection payments, Findings findings) {
    /** @param orders those of the customer that are stored */
    void check(CustomerLedger customer, Set<UUID> orders) throws SQLException {
        BitSet seen = new BitSet();
        AtomicLong withoutOrder = new AtomicLong();
        Pages.forEach(
                payments,
                """
                select order_id, amount, status from hold
                where user_id = '%s' and order_id > ? order by order_id limit ?""".formatted(customer.user),
                Pages.FIRST_UUID,
                HoldRow::of,
                HoldRow::orderId,
                (List<HoldRow> page) -> {
                    for (HoldRow row : page) {
                        OptionalInt number = ledger.names().ofHold(row.orderId());
                        if (number.isPresent()) {
                            seen.set(number.getAsInt());
                            check(customer, row, ledger.operation(number));
                        } else if (row.status().equals("HELD") && !orders.contains(row.orderId())) {
                            withoutOrder.incrementAndGet();
                        }
                    }
                });
        long unclearOrders = 0;
        for (Operation operation : customer.operations()) {
            if (operation.kind == Operation.Kind.HOLD && operation.applied && !seen.get(operation.number)) {
                findings.add("I7", "a hold that was answered 200 exists", operation.toString());
            }
            if (operation.kind == Operation.Kind.ORDER && operation.unclear > 0) {
                unclearOrders++;
            }
        }
        if (withoutOrder.get() > unclearOrders) {
            findings.add(
                    "I4",
                    "money is reserved only for an order, for a while after an unclear request",
                    "user %s: %d holds without order, %d unclear requests"
                            .formatted(customer.user, withoutOrder.get(), unclearOrders));
        }
    }

    private void check(CustomerLedger customer, HoldRow row, @Nullable Operation operation) {
        String both = row + "; " + operation;
        if (operation == null
                || !operation.ledger.user.equals(customer.user)
                || operation.kind != Operation.Kind.HOLD) {
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
        } else if (operation.staysHeld() && !row.status().equals("HELD")) {
            findings.add("I4", "a hold stays until it expires or is released", both);
        } else if (row.status().equals("CAPTURED")) {
            findings.add("I3", "money is captured only for an order", both);
        }
    }
}
