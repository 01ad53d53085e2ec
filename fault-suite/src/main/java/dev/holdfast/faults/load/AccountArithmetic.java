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

    static void judge(Findings findings, Book book, Stored stored) {
        judgeBalance(findings, book, stored);
        judgeDeposits(findings, book, stored);
    }

    private static void judgeBalance(Findings findings, Book book, Stored stored) {
        long unclear = book.unclearDeposits().stream()
                .mapToLong(operation -> operation.cents)
                .sum();
        long least = book.surelyDeposited() - stored.finished;
        long most = least + unclear;
        if (stored.balance < least || stored.balance > most) {
            findings.add(
                    "I1",
                    "a balance is what was deposited less the finished orders",
                    "user %s: deposits acknowledged %s - finished orders %s = %s, unclear deposits %s: at most %s; stored %s, %s off"
                            .formatted(
                                    book.user,
                                    Book.money(book.surelyDeposited()),
                                    Book.money(stored.finished),
                                    Book.money(least),
                                    Book.money(unclear),
                                    Book.money(most),
                                    Book.money(stored.balance),
                                    Book.money(stored.balance - (stored.balance < least ? least : most))));
        }
    }

    private static void judgeDeposits(Findings findings, Book book, Stored stored) {
        Map<Long, Integer> least = book.acknowledgedDeposits();
        Map<Long, Integer> most = new TreeMap<>(least);
        book.unclearDeposits().forEach(operation -> most.merge(operation.cents, 1, Integer::sum));
        least.forEach((cents, acknowledged) -> {
            int made = stored.deposits.getOrDefault(cents, 0);
            if (made < acknowledged) {
                findings.add(
                        "I1",
                        "every deposit that was answered 200 is in the books",
                        "user %s: of %s %d acknowledged, %d stored"
                                .formatted(book.user, Book.money(cents), acknowledged, made));
            }
        });
        stored.deposits.forEach((cents, made) -> {
            int asked = most.getOrDefault(cents, 0);
            if (made > asked) {
                findings.add(
                        "I7",
                        "a deposit is made once",
                        "user %s: of %s %d acknowledged or unclear, %d stored"
                                .formatted(book.user, Book.money(cents), asked, made));
            }
        });
    }
}
