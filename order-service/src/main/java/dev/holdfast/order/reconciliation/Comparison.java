package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.AccountPage;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.PaymentsReconciliation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks at both sides of given orders and accounts. */
@ApplicationScoped
class Comparison {
    /**
     * What was seen.
     *
     * @param orders how many orders there are among those looked at
     * @param inFlight how many have something still to happen, in time
     * @param users whose orders they are
     */
    record Seen(List<Finding> findings, long orders, long inFlight, Set<UUID> users) {
        static Seen nothing() {
            return new Seen(new ArrayList<>(), 0, 0, new HashSet<>());
        }
    }

    /** @param unverified accounts of which payments cannot tell yet whether they are right */
    record SeenAccounts(List<Finding> findings, List<UUID> unverified) {}

    private final OrderFactsReader orders;
    private final PaymentsReconciliation payments;
    private final ReconciliationConfig config;

    Comparison(OrderFactsReader orders, PaymentsReconciliation payments, ReconciliationConfig config) {
        this.orders = orders;
        this.payments = payments;
        this.config = config;
    }

    /** Checks one order of which both sides are known. */
    Seen compare(UUID id, @Nullable OrderFacts order, @Nullable OrderMoney money) {
        OrderCheck check = OrderCheck.on(order, money, config.overdueAfter());
        List<Finding> findings = check.wrong().stream()
                .map(kind -> Finding.ofOrder(kind, id, order, money))
                .toList();
        UUID userId = order != null
                ? order.userId()
                : money != null && money.hold() != null ? money.hold().userId() : null;
        return new Seen(
                findings, order == null ? 0 : 1, check.inFlight() ? 1 : 0, userId == null ? Set.of() : Set.of(userId));
    }

    /**
     * Checks a page of orders as they are now: the orders are read before the money, since money moves only for an order
     * that is there.
     */
    Seen compareOrders(Collection<UUID> ids, UnsentRequests unsent) {
        if (ids.isEmpty()) {
            return Seen.nothing();
        }
        Map<UUID, OrderFacts> facts = HashMap.newHashMap(ids.size());
        orders.byId(ids, unsent).forEach(order -> facts.put(order.id(), order));
        Map<UUID, OrderMoney> money = HashMap.newHashMap(ids.size());
        payments.orders(ids).forEach(known -> money.put(known.orderId(), known));
        Seen all = Seen.nothing();
        long inFlight = 0;
        for (UUID id : ids) {
            Seen one = compare(id, facts.get(id), money.get(id));
            all.findings().addAll(one.findings());
            all.users().addAll(one.users());
            inFlight += one.inFlight();
        }
        return new Seen(all.findings(), facts.size(), inFlight, all.users());
    }

    /** Checks a page of accounts as they are now. */
    SeenAccounts compareAccounts(Collection<UUID> userIds) {
        return userIds.isEmpty() ? new SeenAccounts(List.of(), List.of()) : seen(payments.accounts(userIds));
    }

    static SeenAccounts seen(AccountPage page) {
        List<Finding> findings = new ArrayList<>(Finding.ofTampered(page.tampered()));
        page.differing().forEach(account -> findings.addAll(Finding.ofAccount(account)));
        return new SeenAccounts(findings, page.unverified());
    }
}
