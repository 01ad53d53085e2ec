package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.AccountPage;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.PaymentsReconciliation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks at every order, every hold and transfer of an order, and every account: both sides page by page, by id. */
@ApplicationScoped
class FullPass {
    private record Accounts(long verified, long unverified) {}

    private final OrderFactsReader orders;
    private final PaymentsReconciliation payments;
    private final Comparison comparison;
    private final Discrepancies discrepancies;
    private final ReconciliationConfig config;

    FullPass(
            OrderFactsReader orders,
            PaymentsReconciliation payments,
            Comparison comparison,
            Discrepancies discrepancies,
            ReconciliationConfig config) {
        this.orders = orders;
        this.payments = payments;
        this.comparison = comparison;
        this.discrepancies = discrepancies;
        this.config = config;
    }

    Passes.Seen run(Throttle throttle) {
        UnsentRequests unsent = orders.unsent();
        UnconfirmedDiscrepancies unconfirmed =
                new UnconfirmedDiscrepancies(comparison, discrepancies, config, throttle, orders::unsent);
        unconfirmed.recheckOpen();
        SortedPages<OrderFacts> ours = new SortedPages<>(
                id -> {
                    throttle.page();
                    return orders.after(id, config.pageSize(), unsent);
                },
                OrderFacts::id,
                config.pageSize());
        SortedPages<OrderMoney> theirs = new SortedPages<>(
                id -> {
                    throttle.page();
                    return payments.ordersAfter(id, config.pageSize());
                },
                OrderMoney::orderId,
                config.pageSize());
        long compared = 0;
        long inFlight = 0;
        for (UUID id = first(ours.nextId(), theirs.nextId()); id != null; id = first(ours.nextId(), theirs.nextId())) {
            Comparison.Seen seen = comparison.compare(id, ours.takeIf(id), theirs.takeIf(id));
            unconfirmed.add(seen.findings());
            compared += seen.orders();
            inFlight += seen.inFlight();
        }
        // What orders have shown stands, even if the accounts cannot be looked at.
        unconfirmed.settle();
        Accounts accounts = checkAccounts(unconfirmed, throttle);
        unconfirmed.settle();
        discrepancies.purge(config.retention());
        return new Passes.Seen(compared, accounts.verified, accounts.unverified, inFlight + unconfirmed.unfounded());
    }

    private Accounts checkAccounts(UnconfirmedDiscrepancies unconfirmed, Throttle throttle) {
        long checked = 0;
        long unverified = 0;
        @Nullable UUID last = null;
        AccountPage page;
        do {
            throttle.page();
            page = payments.accountsAfter(last, config.accountPageSize());
            unconfirmed.add(Comparison.seen(page).findings());
            unverified += page.unverified().size();
            checked += page.checked();
            last = page.last();
        } while (page.checked() == config.accountPageSize());
        return new Accounts(checked - unverified, unverified);
    }

    private static @Nullable UUID first(@Nullable UUID ours, @Nullable UUID theirs) {
        if (ours == null || theirs == null) {
            return ours == null ? theirs : ours;
        }
        return UuidOrder.BY_BYTES.compare(ours, theirs) <= 0 ? ours : theirs;
    }
}
