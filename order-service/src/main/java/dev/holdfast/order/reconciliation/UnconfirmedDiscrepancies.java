package dev.holdfast.order.reconciliation;

import dev.holdfast.order.reconciliation.Finding.Key;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What looked wrong at first sight in one pass. The two sides were not read at the same moment, so each suspicion is
 * looked at again after a grace, and only what is still there is recorded.
 */
final class UnconfirmedDiscrepancies {
    private static final Logger LOG = Logger.getLogger(UnconfirmedDiscrepancies.class);
    private static final int HELD_MAX = 1_000;

    /** What is so now, and the accounts of which nothing can be said. */
    private record Look(Map<Key, Finding> seen, Set<UUID> unverified) {
        boolean isGone(Key key) {
            return !seen.containsKey(key) && !(key.kind().isOfAccount() && unverified.contains(key.subject()));
        }
    }

    private final Comparison comparison;
    private final Discrepancies discrepancies;
    private final ReconciliationConfig config;
    private final Throttle throttle;
    private final Supplier<UnsentRequests> unsent;
    private final Map<Key, Finding> unconfirmed = new LinkedHashMap<>();
    /** What this pass has seen to be still there, or recorded. */
    private final Set<Key> open = new HashSet<>();

    private long unfounded;

    UnconfirmedDiscrepancies(
            Comparison comparison,
            Discrepancies discrepancies,
            ReconciliationConfig config,
            Throttle throttle,
            Supplier<UnsentRequests> unsent) {
        this.comparison = comparison;
        this.discrepancies = discrepancies;
        this.config = config;
        this.throttle = throttle;
        this.unsent = unsent;
    }

    void add(Collection<Finding> findings) {
        findings.stream()
                .filter(finding -> !open.contains(finding.key()))
                .forEach(finding -> unconfirmed.put(finding.key(), finding));
        if (unconfirmed.size() >= HELD_MAX) {
            settle();
        }
    }

    /** How many were gone at the second look: something was on its way. */
    long unfounded() {
        return unfounded;
    }

    /** Looks at what is open from earlier passes: what is gone is closed. */
    void recheckOpen() {
        @Nullable Key last = null;
        List<Key> page;
        do {
            page = discrepancies.openAfter(last, config.pageSize());
            if (!page.isEmpty()) {
                Look look = look(page);
                discrepancies.record(look.seen.values());
                discrepancies.close(page.stream().filter(look::isGone).toList());
                open.addAll(look.seen.keySet());
                last = page.getLast();
            }
        } while (page.size() == config.pageSize());
    }

    /** Looks again, after the grace, at what is unconfirmed. */
    void settle() {
        if (unconfirmed.isEmpty()) {
            return;
        }
        throttle.rest(config.grace());
        List<Key> keys = List.copyOf(unconfirmed.keySet());
        Map<Key, Finding> confirmed = look(keys).seen;
        discrepancies.record(confirmed.values());
        unfounded += keys.size() - confirmed.size();
        unconfirmed.clear();
        if (!confirmed.isEmpty()) {
            Finding first = confirmed.values().iterator().next();
            LOG.warnf(
                    "Orders and payments contradict each other anew, see /admin/reconciliation: %d times, first %s of"
                            + " %s (%s / %s)",
                    confirmed.size(),
                    first.key().kind().wireName(),
                    first.key().subject(),
                    first.ordersSay(),
                    first.paymentsSay());
        }
        open.addAll(confirmed.keySet());
        if (open.size() >= config.maxOpen()) {
            throw new IllegalStateException(
                    "over " + (config.maxOpen() - 1) + " discrepancies are open: no further ones are looked for");
        }
    }

    /** Those of the keys that are so at this moment. */
    private Look look(List<Key> keys) {
        Set<Key> wanted = Set.copyOf(keys);
        Map<Key, Finding> seen = new LinkedHashMap<>();
        Set<UUID> unverified = new HashSet<>();
        // Not those of the first look: what was sent by then may have waited long, and be just on its way now.
        UnsentRequests now = unsent.get();
        Chunks.forEach(subjects(wanted, key -> !key.kind().isOfAccount()), config.pageSize(), orders -> {
            throttle.page();
            keep(comparison.compareOrders(orders, now).findings(), wanted, seen);
        });
        Chunks.forEach(subjects(wanted, key -> key.kind().isOfAccount()), config.accountPageSize(), accounts -> {
            throttle.page();
            Comparison.SeenAccounts page = comparison.compareAccounts(accounts);
            keep(page.findings(), wanted, seen);
            unverified.addAll(page.unverified());
        });
        return new Look(seen, unverified);
    }

    private static void keep(List<Finding> found, Set<Key> wanted, Map<Key, Finding> seen) {
        found.stream()
                .filter(finding -> wanted.contains(finding.key()))
                .forEach(finding -> seen.put(finding.key(), finding));
    }

    private static Set<UUID> subjects(Set<Key> keys, Predicate<Key> which) {
        return keys.stream().filter(which).map(Key::subject).collect(Collectors.toSet());
    }
}
