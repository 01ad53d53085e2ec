package dev.holdfast.faults.load;

import dev.holdfast.faults.load.Operation.Kind;
import dev.holdfast.invariants.Findings;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Whether an account's money is what its customer was told. All amounts are in cents. */
final class AccountArithmetic {
    private AccountArithmetic() {}

    /**
     * What is stored of one customer.
     *
     * @param finished the sum of the customer's finished orders, less what was refunded of them
     * @param deposits how many of each amount
     * @param withdrawals how many of each amount
     */
    record Stored(long balance, long finished, Map<Long, Integer> deposits, Map<Long, Integer> withdrawals) {}

    static void check(Findings findings, CustomerLedger ledger, Stored stored) {
        checkBalance(findings, ledger, stored);
        checkMoves(findings, ledger, Kind.DEPOSIT, stored.deposits);
        checkMoves(findings, ledger, Kind.WITHDRAWAL, stored.withdrawals);
    }

    private static void checkBalance(Findings findings, CustomerLedger ledger, Stored stored) {
        long deposited = acknowledged(ledger, Kind.DEPOSIT);
        long withdrawn = acknowledged(ledger, Kind.WITHDRAWAL);
        long told = deposited - withdrawn - stored.finished;
        long least = told - unclear(ledger, Kind.WITHDRAWAL);
        long most = told + unclear(ledger, Kind.DEPOSIT);
        if (stored.balance < least || stored.balance > most) {
            findings.add(
                    "I1",
                    "a balance is what was deposited less the withdrawals and the finished orders",
                    "user %s: deposits acknowledged %s - withdrawals acknowledged %s - finished orders %s = %s, with what is"
                                    .formatted(
                                            ledger.user,
                                            CustomerLedger.money(deposited),
                                            CustomerLedger.money(withdrawn),
                                            CustomerLedger.money(stored.finished),
                                            CustomerLedger.money(told))
                            + " unclear at least %s, at most %s; stored %s, %s off"
                                    .formatted(
                                            CustomerLedger.money(least),
                                            CustomerLedger.money(most),
                                            CustomerLedger.money(stored.balance),
                                            CustomerLedger.money(
                                                    stored.balance - (stored.balance < least ? least : most))));
        }
    }

    private static long acknowledged(CustomerLedger ledger, Kind kind) {
        return ledger.acknowledged(kind).entrySet().stream()
                .mapToLong(amount -> amount.getKey() * amount.getValue())
                .sum();
    }

    private static long unclear(CustomerLedger ledger, Kind kind) {
        return ledger.unclear(kind).stream()
                .mapToLong(operation -> operation.cents)
                .sum();
    }

    private static void checkMoves(Findings findings, CustomerLedger ledger, Kind kind, Map<Long, Integer> stored) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        Map<Long, Integer> least = ledger.acknowledged(kind);
        Map<Long, Integer> most = new TreeMap<>(least);
        ledger.unclear(kind).forEach(operation -> most.merge(operation.cents, 1, Integer::sum));
        least.forEach((cents, acknowledged) -> {
            int made = stored.getOrDefault(cents, 0);
            if (made < acknowledged) {
                findings.add(
                        "I1",
                        "every " + name + " that was answered 200 is stored",
                        "user %s: of %s %d acknowledged, %d stored"
                                .formatted(ledger.user, CustomerLedger.money(cents), acknowledged, made));
            }
        });
        stored.forEach((cents, made) -> {
            int asked = most.getOrDefault(cents, 0);
            if (made > asked) {
                findings.add(
                        "I7",
                        "a " + name + " is made once",
                        "user %s: of %s %d acknowledged or unclear, %d stored"
                                .formatted(ledger.user, CustomerLedger.money(cents), asked, made));
            }
        });
    }
}
