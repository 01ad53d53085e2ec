package dev.holdfast.faults.load;

import dev.holdfast.invariants.Findings;
import java.util.Map;
import java.util.TreeMap;

/** Whether an account's money is what its customer was told. All amounts are in cents. */
final class AccountArithmetic {
    private AccountArithmetic() {}

    /**
     * What is stored of one customer.
     *
     * @param finished the sum of the customer's finished orders
     * @param deposits how many of each amount
     */
    record Stored(long balance, long finished, Map<Long, Integer> deposits) {}

    static void check(Findings findings, CustomerLedger ledger, Stored stored) {
        checkBalance(findings, ledger, stored);
        checkDeposits(findings, ledger, stored);
    }

    private static void checkBalance(Findings findings, CustomerLedger ledger, Stored stored) {
        long unclear = ledger.unclearDeposits().stream()
                .mapToLong(operation -> operation.cents)
                .sum();
        long least = ledger.surelyDeposited() - stored.finished;
        long most = least + unclear;
        if (stored.balance < least || stored.balance > most) {
            findings.add(
                    "I1",
                    "a balance is what was deposited less the finished orders",
                    "user %s: deposits acknowledged %s - finished orders %s = %s, unclear deposits %s: at most %s; stored %s, %s off"
                            .formatted(
                                    ledger.user,
                                    CustomerLedger.money(ledger.surelyDeposited()),
                                    CustomerLedger.money(stored.finished),
                                    CustomerLedger.money(least),
                                    CustomerLedger.money(unclear),
                                    CustomerLedger.money(most),
                                    CustomerLedger.money(stored.balance),
                                    CustomerLedger.money(stored.balance - (stored.balance < least ? least : most))));
        }
    }

    private static void checkDeposits(Findings findings, CustomerLedger ledger, Stored stored) {
        Map<Long, Integer> least = ledger.acknowledgedDeposits();
        Map<Long, Integer> most = new TreeMap<>(least);
        ledger.unclearDeposits().forEach(operation -> most.merge(operation.cents, 1, Integer::sum));
        least.forEach((cents, acknowledged) -> {
            int made = stored.deposits.getOrDefault(cents, 0);
            if (made < acknowledged) {
                findings.add(
                        "I1",
                        "every deposit that was answered 200 is stored",
                        "user %s: of %s %d acknowledged, %d stored"
                                .formatted(ledger.user, CustomerLedger.money(cents), acknowledged, made));
            }
        });
        stored.deposits.forEach((cents, made) -> {
            int asked = most.getOrDefault(cents, 0);
            if (made > asked) {
                findings.add(
                        "I7",
                        "a deposit is made once",
                        "user %s: of %s %d acknowledged or unclear, %d stored"
                                .formatted(ledger.user, CustomerLedger.money(cents), asked, made));
            }
        });
    }
}
