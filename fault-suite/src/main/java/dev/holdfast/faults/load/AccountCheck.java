package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.load.StoredRows.AccountRow;
import dev.holdfast.faults.load.StoredRows.OrderRow;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Poll;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** Whether a customer's account is shown as it is stored, and stored as follows from what the customer was told. */
record AccountCheck(Connection payments, QuietReads reads, Findings findings) {
    private record Both(AccountRow stored, Answer shown) {}

    /** @param orders those of the customer that are stored */
    void check(CustomerLedger customer, Collection<OrderRow> orders) throws SQLException, InterruptedException {
        // Between its expiry and its sweep a hold is shown as free and stored as HELD.
        Both both = Poll.lastAnswer(
                QuietReads.TIMEOUT,
                QuietReads.POLL_INTERVAL,
                () -> both(customer),
                read -> shows(read.shown, "held", read.stored.held()));
        AccountRow stored = both.stored;
        Answer shown = both.shown;
        if (!shows(shown, "balance", stored.balance())
                || !shows(shown, "held", stored.held())
                || !shows(shown, "held", stored.sumOfHeldHolds())
                || !shows(shown, "available", stored.balance().subtract(stored.held()))) {
            findings.add("I1", "customers see their account as it is stored", shown + "; " + stored);
        }
        long finished = orders.stream()
                .filter(order -> order.status().equals("FINISHED"))
                .mapToLong(order -> StoredRows.cents(order.charged().subtract(order.refunded())))
                .sum();
        AccountArithmetic.check(
                findings,
                customer,
                new AccountArithmetic.Stored(
                        StoredRows.cents(stored.balance()),
                        finished,
                        StoredRows.deposits(payments, customer.user),
                        StoredRows.withdrawals(payments, customer.user)));
        long kept = customer.operations().stream()
                .filter(Operation::staysHeld)
                .mapToLong(operation -> operation.cents)
                .sum();
        if (StoredRows.cents(stored.held()) < kept) {
            findings.add(
                    "I1",
                    "what a customer reserved and did not release stays reserved",
                    "user %s: held %s, kept %s".formatted(customer.user, stored.held(), CustomerLedger.money(kept)));
        }
    }

    private Both both(CustomerLedger customer) throws SQLException, InterruptedException {
        return new Both(AccountRow.of(payments, customer.user), reads.read("/accounts/" + customer.user));
    }

    private static boolean shows(Answer answer, String field, BigDecimal amount) {
        JsonNode shown = answer.json().path(field);
        return shown.isNumber() && shown.decimalValue().compareTo(amount) == 0;
    }
}
