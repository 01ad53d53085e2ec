package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.AccountPage;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.PaymentsBooks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks at every order, every hold and transfer of an order, and every account: both sides page by page, by id. */
@ApplicationScoped
class FullPass {
    private record Accounts(long verified, long unverified) {}

    private final ReconciledOrders orders;
    private final PaymentsBooks books;
    private final Comparison comparison;
    private final Discrepancies discrepancies;
    private final ReconciliationConfig config;

    FullPass(
            ReconciledOrders orders,
            PaymentsBooks books,
            Comparison comparison,
            Discrepancies discrepancies,
            ReconciliationConfig config) {
        this.orders = orders;
        this.books = books;
        this.comparison = comparison;
        this.discrepancies = discrepancies;
        this.config = config;
    }

    Passes.Seen run(Pace pace) {
        UnsentRequests unsent = orders.unsent();
        Suspicions suspicions = new Suspicions(comparison, discrepancies, config, pace, orders::unsent);
        suspicions.recheckOpen();
        Feed<OrderFacts> ours = new Feed<>(
                id -> {
                    pace.page();
                    return orders.after(id, config.pageSize(), unsent);
                },
                OrderFacts::id,
                config.pageSize());
        Feed<OrderMoney> theirs = new Feed<>(
                id -> {
                    pace.page();
                    return books.ordersAfter(id, config.pageSize());
                },
                OrderMoney::orderId,
                config.pageSize());
        long compared = 0;
        long inFlight = 0;
        for (UUID id = first(ours.nextId(), theirs.nextId()); id != null; id = first(ours.nextId(), theirs.nextId())) {
            Comparison.Seen seen = comparison.compare(id, ours.takeIf(id), theirs.takeIf(id));
            suspicions.add(seen.findings());
            compared += seen.orders();
            inFlight += seen.inFlight();
        }
        // What orders have shown stands, even if the accounts cannot be looked at.
        suspicions.settle();
        Accounts accounts = checkAccounts(suspicions, pace);
        suspicions.settle();
        discrepancies.purge(config.retention());
        return new Passes.Seen(compared, accounts.verified, accounts.unverified, inFlight + suspicions.unfounded());
    }

    private Accounts checkAccounts(Suspicions suspicions, Pace pace) {
        long checked = 0;
        long unverified = 0;
        @Nullable UUID last = null;
        AccountPage page;
        do {
            pace.page();
            page = books.accountsAfter(last, config.accountPageSize());
            suspicions.add(Comparison.seen(page).findings());
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
