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

    private void acknowledge(Operation deposit) {
        ledger.begin(deposit);
        assertThat(ledger.applied(deposit, 1)).isTrue();
    }

    private Operation deposit(long cents, boolean keyed) {
        return operation(Kind.DEPOSIT, cents, keyed);
    }

    private Operation order(long cents) {
        return operation(Kind.ORDER, cents, true);
    }

    private Operation operation(Kind kind, long cents, boolean keyed) {
        Operation operation = new Operation(kind, operations++, ledger, cents, keyed, Afterwards.KEEP);
        ledger.add(operation);
        return operation;
    }

    private List<Violation> check(long balance, long finished, Map<Long, Integer> deposits) {
        Findings findings = new Findings();
        AccountArithmetic.check(findings, ledger, new AccountArithmetic.Stored(balance, finished, deposits));
        return findings.violations();
    }
}
