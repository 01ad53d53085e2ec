package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.PaymentsReconciliation;
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
    private final OrderFactsReader orders;
    private final PaymentsReconciliation payments;
    private final Comparison comparison;
    private final Discrepancies discrepancies;
    private final ReconciliationConfig config;

    RecentPass(
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
        throttle.page();
        PaymentsReconciliation.Recent known = payments.recent(config.recentWindow(), config.recentMax());
        List<UUID> recent = recentOrders(known);
        Set<UUID> users = new HashSet<>(known.userIds());
        AtomicLong compared = new AtomicLong();
        AtomicLong inFlight = new AtomicLong();
        AtomicLong unverified = new AtomicLong();
        Chunks.forEach(recent, config.pageSize(), ids -> {
            throttle.page();
            Comparison.Seen seen = comparison.compareOrders(ids, unsent);
            unconfirmed.add(seen.findings());
            users.addAll(seen.users());
            compared.addAndGet(seen.orders());
            inFlight.addAndGet(seen.inFlight());
        });
        unconfirmed.settle();
        Chunks.forEach(users, config.accountPageSize(), ids -> {
            throttle.page();
            Comparison.SeenAccounts seen = comparison.compareAccounts(ids);
            unconfirmed.add(seen.findings());
            unverified.addAndGet(seen.unverified().size());
        });
        unconfirmed.settle();
        return new Passes.Seen(
                compared.get(),
                users.size() - unverified.get(),
                unverified.get(),
                inFlight.get() + unconfirmed.unfounded());
    }

    /** A bare list, since under load it is long, and lives as long as the pass. */
    private List<UUID> recentOrders(PaymentsReconciliation.Recent known) {
        Set<UUID> recent = new LinkedHashSet<>(orders.recent(config.recentWindow(), config.recentMax()));
        recent.addAll(known.orderIds());
        return List.copyOf(recent);
    }
}
