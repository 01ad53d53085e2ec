package dev.holdfast.faults.load;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Violation;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Compares a ledger with the databases and with what customers see by REST, one customer after another. */
final class LedgerCheck {
    private static final int CONNECTIONS = 4;

    private final Ledger ledger;
    private final URI gateway;
    private final ClientTokens tokens;
    private final Database orders;
    private final Database payments;

    LedgerCheck(Ledger ledger, URI gateway, ClientTokens tokens, Database orders, Database payments) {
        this.ledger = ledger;
        this.gateway = gateway;
        this.tokens = tokens;
        this.orders = orders;
        this.payments = payments;
    }

    List<Violation> check() throws SQLException, InterruptedException {
        Findings findings = new Findings();
        try (Caller caller = new Caller(gateway, tokens, CONNECTIONS);
                Connection ordersConnection = orders.open();
                Connection paymentsConnection = payments.open()) {
            QuietReads reads = new QuietReads(caller, findings);
            OrdersCheck ordersCheck = new OrdersCheck(ledger, ordersConnection, reads, findings);
            HoldsCheck holdsCheck = new HoldsCheck(ledger, paymentsConnection, findings);
            AccountCheck accountCheck = new AccountCheck(paymentsConnection, reads, findings);
            for (CustomerLedger customer : ledger.customers()) {
                Map<UUID, StoredRows.OrderRow> stored = ordersCheck.check(customer);
                holdsCheck.check(customer, stored.keySet());
                accountCheck.check(customer, stored.values());
            }
        }
        return findings.violations();
    }
}
