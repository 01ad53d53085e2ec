package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.PaymentsBooks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Looks at what was placed or paid in the last moments, at its users' accounts, and at holds that should be gone. */
@ApplicationScoped
class RecentPass {
    private final ReconciledOrders orders;
    private final PaymentsBooks books;
    private final Comparison comparison;
    private final Discrepancies discrepancies;
    private final ReconciliationConfig config;

    RecentPass(
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
        pace.page();
        List<UUID> recent = recentOrders();
        Set<UUID> users = new HashSet<>();
        AtomicLong compared = new AtomicLong();
        AtomicLong inFlight = new AtomicLong();
        AtomicLong unverified = new AtomicLong();
        Chunks.forEach(recent, config.pageSize(), ids -> {
            pace.page();
            Comparison.Seen seen = comparison.compareOrders(ids, unsent);
            suspicions.add(seen.findings());
            users.addAll(seen.users());
            compared.addAndGet(seen.orders());
            inFlight.addAndGet(seen.inFlight());
        });
        suspicions.settle();
        Chunks.forEach(users, config.accountPageSize(), ids -> {
            pace.page();
            Comparison.SeenAccounts seen = comparison.compareAccounts(ids);
            suspicions.add(seen.findings());
            unverified.addAndGet(seen.unverified().size());
        });
        suspicions.settle();
        return new Passes.Seen(
                compared.get(),
                users.size() - unverified.get(),
                unverified.get(),
                inFlight.get() + suspicions.unfounded());
    }

    /** A bare list, since under load it is long, and lives as long as the pass. */
    private List<UUID> recentOrders() {
        Set<UUID> recent = new LinkedHashSet<>(orders.recent(config.recentWindow(), config.recentMax()));
        recent.addAll(books.recentOrders(config.recentWindow(), config.recentMax()));
        return List.copyOf(recent);
    }
}
