package dev.holdfast.faults.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.load.Operation.Kind;
import dev.holdfast.faults.load.Step.Afterwards;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Violation;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AccountArithmeticTest {
    private final CustomerLedger ledger = new CustomerLedger(UUID.randomUUID(), 1_000);
    private int operations;

    @Test
    void findsNothingWhereAllDepositsAndOrdersAreAsTold() {
        acknowledge(deposit(250, true));

        assertThat(check(1_100, 150, Map.of(1_000L, 1, 250L, 1))).isEmpty();
    }

    @Test
    void namesADepositThatWasAcknowledgedAndIsNotThere() {
        acknowledge(deposit(250, true));

        assertThat(check(1_000, 0, Map.of(1_000L, 1))).hasSize(2).allSatisfy(violation -> {
            assertThat(violation.invariant()).isEqualTo("I1");
            assertThat(violation.rows().getFirst()).contains(ledger.user.toString());
        });
    }

    @Test
    void namesADepositThatWasMadeTwice() {
        acknowledge(deposit(250, true));

        assertThat(check(1_500, 0, Map.of(1_000L, 1, 250L, 2)))
                .extracting(Violation::invariant)
                .containsExactly("I1", "I7");
    }

    @Test
    void allowsOneUnclearDepositToBeMadeOrNotButNotTwice() {
        ledger.unclear(deposit(250, false));

        assertThat(check(1_000, 0, Map.of(1_000L, 1))).isEmpty();
        assertThat(check(1_250, 0, Map.of(1_000L, 1, 250L, 1))).isEmpty();
        assertThat(check(1_500, 0, Map.of(1_000L, 1, 250L, 2))).isNotEmpty();
    }

    @Test
    void namesAnOrderThatWasChargedTwice() {
        assertThat(check(700, 150, Map.of(1_000L, 1)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.rows().getFirst())
                        .contains("finished orders 1.50", "stored 7.00", "-1.50 off"));
    }

    @Test
    void callsARefusalUnfoundedOnlyWhereMoneyWasThereAllTheWhile() {
        Operation first = order(600);
        CustomerLedger.Window firstWindow = ledger.begin(first);
        Operation second = order(600);
        CustomerLedger.Window secondWindow = ledger.begin(second);

        assertThat(ledger.neverShort(first, firstWindow)).isNull();
        assertThat(ledger.neverShort(second, secondWindow)).isNull();
        ledger.refused(second);
        ledger.end(secondWindow);
        ledger.settle(second);

        Operation third = order(400);
        assertThat(ledger.neverShort(third, ledger.begin(third))).contains("at least 4.00 free");
    }

    @Test
    void aDepositThatIsAcknowledgedAfterTheRequestWasSentDoesNotCountForIt() {
        Operation order = order(1_200);
        CustomerLedger.Window window = ledger.begin(order);
        acknowledge(deposit(500, true));

        assertThat(ledger.neverShort(order, window)).isNull();
        assertThat(ledger.neverShort(order, ledger.begin(order))).isNotNull();
    }

    @Test
    void findsNothingWhereAllWithdrawalsAreAsTold() {
        acknowledge(withdrawal(250));

        assertThat(check(600, 150, Map.of(1_000L, 1), Map.of(250L, 1))).isEmpty();
    }

    @Test
    void namesAWithdrawalThatIsNotThereOrWasMadeTwice() {
        acknowledge(withdrawal(250));

        assertThat(check(1_000, 0, Map.of(1_000L, 1), Map.of()))
                .extracting(Violation::sentence)
                .containsExactly(
                        "a balance is what was deposited less the withdrawals and the finished orders",
                        "every withdrawal that was answered 200 is stored");
        assertThat(check(500, 0, Map.of(1_000L, 1), Map.of(250L, 2)))
                .extracting(Violation::invariant)
                .containsExactly("I1", "I7");
    }

    @Test
    void allowsOneUnclearWithdrawalToBeMadeOrNotButNotTwice() {
        ledger.unclear(withdrawal(250));

        assertThat(check(1_000, 0, Map.of(1_000L, 1), Map.of())).isEmpty();
        assertThat(check(750, 0, Map.of(1_000L, 1), Map.of(250L, 1))).isEmpty();
        assertThat(check(500, 0, Map.of(1_000L, 1), Map.of(250L, 2))).isNotEmpty();
    }

    @Test
    void whatIsBeingWithdrawnMayBeMissingForOthers() {
        Operation withdrawal = withdrawal(600);
        ledger.begin(withdrawal);
        Operation order = order(600);
        assertThat(ledger.neverShort(order, ledger.begin(order))).isNull();

        ledger.refused(withdrawal);
        ledger.settle(withdrawal);
        assertThat(ledger.neverShort(order, ledger.begin(order))).contains("at least 10.00 free");
    }

    private void acknowledge(Operation operation) {
        ledger.begin(operation);
        assertThat(ledger.applied(operation, 1)).isTrue();
    }

    private Operation deposit(long cents, boolean keyed) {
        return operation(Kind.DEPOSIT, cents, keyed);
    }

    private Operation withdrawal(long cents) {
        return operation(Kind.WITHDRAWAL, cents, true);
    }

    private Operation order(long cents) {
        return operation(Kind.ORDER, cents, true);
    }

    private Operation operation(Kind kind, long cents, boolean keyed) {
        Operation operation = new Operation(kind, operations++, ledger, cents, keyed, false, Afterwards.KEEP);
        ledger.add(operation);
        return operation;
    }

    private List<Violation> check(long balance, long finished, Map<Long, Integer> deposits) {
        return check(balance, finished, deposits, Map.of());
    }

    private List<Violation> check(
            long balance, long finished, Map<Long, Integer> deposits, Map<Long, Integer> withdrawals) {
        Findings findings = new Findings();
        AccountArithmetic.check(
                findings, ledger, new AccountArithmetic.Stored(balance, finished, deposits, withdrawals));
        return findings.violations();
    }
}
