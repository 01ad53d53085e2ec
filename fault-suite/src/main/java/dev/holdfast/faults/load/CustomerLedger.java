package dev.holdfast.faults.load;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one customer was told, and what follows from it for the customer's money at each moment: at least and at most. All
 * amounts are in cents. Thread-safe; its operations are changed by its methods only.
 */
final class CustomerLedger {
    /** The time from a request's start to its answer. */
    static final class Window {
        private final long surelyDeposited;
        private long mostMaybeGone;

        private Window(long surelyDeposited, long mostMaybeGone) {
            this.surelyDeposited = surelyDeposited;
            this.mostMaybeGone = mostMaybeGone;
        }
    }

    final UUID user;
    /** How many operations, by kind and amount; orders have ids. */
    private final Map<Operation.Kind, Map<Long, Integer>> acknowledged = new EnumMap<>(Operation.Kind.class);

    private final List<Operation> operations = new ArrayList<>();
    private final Set<Window> open = new HashSet<>();
    private long surelyDeposited;
    /** All that may be held, captured or withdrawn. */
    private long maybeGone;

    /** @param opening the first deposit, which was acknowledged */
    CustomerLedger(UUID user, long opening) {
        this.user = user;
        acknowledge(Operation.Kind.DEPOSIT, opening);
    }

    synchronized void add(Operation operation) {
        operations.add(operation);
    }

    private void acknowledge(Operation.Kind kind, long cents) {
        acknowledged.computeIfAbsent(kind, any -> new TreeMap<>()).merge(cents, 1, Integer::sum);
        if (kind == Operation.Kind.DEPOSIT) {
            surelyDeposited += cents;
        }
    }

    /** How many deposits or withdrawals were acknowledged, by amount. */
    synchronized Map<Long, Integer> acknowledged(Operation.Kind kind) {
        return new TreeMap<>(acknowledged.getOrDefault(kind, Map.of()));
    }

    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** Operations of the kind of which it is not known whether they were carried out. */
    synchronized List<Operation> unclear(Operation.Kind kind) {
        return operations.stream()
                .filter(operation -> operation.kind == kind && !operation.applied)
                .filter(operation -> operation.unclear > 0)
                .toList();
    }

    /** Just before a request of the operation is sent. */
    synchronized Window begin(Operation operation) {
        if (!operation.started && operation.kind != Operation.Kind.DEPOSIT && !operation.tooDear()) {
            maybeGone += operation.cents;
            open.forEach(window -> window.mostMaybeGone = Math.max(window.mostMaybeGone, maybeGone));
        }
        operation.started = true;
        Window window = new Window(surelyDeposited, maybeGone);
        open.add(window);
        return window;
    }

    /** The request is answered, or given up. */
    synchronized void end(Window window) {
        open.remove(window);
    }

    /** The requests of an operation are all answered, for now. */
    synchronized void settle(Operation operation) {
        if (operation.kind != Operation.Kind.DEPOSIT && !operation.tooDear() && operation.surelyNotApplied()) {
            maybeGone -= operation.cents;
        }
    }

    synchronized void unclear(Operation operation) {
        operation.unclear++;
    }

    /** Returns whether the answer is the same as that to all earlier requests of the operation. */
    synchronized boolean applied(Operation operation, int answerHash) {
        boolean same = !operation.applied || operation.answerHash == answerHash;
        if (!operation.applied) {
            operation.applied = true;
            operation.answerHash = answerHash;
            acknowledge(operation.kind, operation.cents);
        }
        return same;
    }

    /** Returns the order that was named before, null the first time. */
    synchronized @Nullable UUID placed(Operation operation, UUID order) {
        UUID before = operation.orderId;
        if (before == null) {
            operation.applied = true;
            operation.orderId = order;
        }
        return before;
    }

    synchronized void refused(Operation operation) {
        operation.refused = true;
    }

    synchronized void askRelease(Operation operation) {
        operation.releaseAsked = true;
    }

    synchronized void released(Operation operation) {
        if (!operation.released) {
            operation.released = true;
            maybeGone -= operation.cents;
        }
    }

    synchronized void askCancel(Operation operation) {
        operation.cancelAsked = true;
    }

    /** Returns whether no answer before said that it was too late. */
    synchronized boolean cancelled(Operation operation) {
        if (!operation.cancelled) {
            operation.cancelled = true;
            maybeGone -= operation.cents;
        }
        return !operation.tooLate;
    }

    /** Returns whether no answer before said that it was cancelled. */
    synchronized boolean tooLateToCancel(Operation operation) {
        operation.tooLate = true;
        return !operation.cancelled;
    }

    synchronized void askCapture(Operation operation, long cents) {
        operation.captureCents = cents;
    }

    synchronized void captureAccepted(Operation operation) {
        operation.captureAccepted = true;
    }

    /** A refund was answered, which is counted once by its key. */
    synchronized void refunded(Operation operation, long cents, String refund, @Nullable String key) {
        if (key != null && operation.refunds.putIfAbsent(key, refund) == null) {
            operation.refundedCents += cents;
        }
    }

    /** Whether the key was answered with that refund. */
    synchronized boolean isRefund(Operation operation, @Nullable String key, String refund) {
        return key != null && refund.equals(operation.refunds.get(key));
    }

    synchronized void maybeRefunded(Operation operation) {
        operation.maybeRefunded = true;
    }

    /** The figures that show that there was enough money all through the request; null where it may have been short. */
    synchronized @Nullable String neverShort(Operation operation, Window window) {
        if (operation.tooDear()) {
            return null;
        }
        long others = window.mostMaybeGone - operation.cents;
        long free = window.surelyDeposited - others;
        return free < operation.cents
                ? null
                : "user %s: deposits acknowledged before %s - at most reserved or taken by others %s = at least %s free"
                        .formatted(user, money(window.surelyDeposited), money(others), money(free));
    }

    /** An acknowledged order of the customer to look at; null where there is none yet. */
    synchronized @Nullable Operation someOrder(int pick) {
        for (int i = 0; i < Math.min(operations.size(), 20); i++) {
            Operation operation = operations.get(Math.floorMod(pick + i, operations.size()));
            if (operation.orderId != null) {
                return operation;
            }
        }
        return null;
    }

    static BigDecimal money(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }
}
