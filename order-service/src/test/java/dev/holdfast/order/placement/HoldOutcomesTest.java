package dev.holdfast.order.placement;

import static dev.holdfast.order.placement.PendingOrders.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoldOutcomesTest {
    private final PendingOrder plain = pending(null);
    private final PendingOrder keyed = pending("my-key");
    private final List<PendingOrder> batch = List.of(plain, keyed);

    static Stream<HoldAnswer.Refused> refusals() {
        return Stream.concat(
                refusalsOfTheId(),
                Stream.of(
                        new HoldAnswer.InsufficientFunds(),
                        new HoldAnswer.AccountNotFound(),
                        new HoldAnswer.Captured(),
                        new HoldAnswer.Otherwise("of_a_newer_version")));
    }

    static Stream<HoldAnswer.Refused> refusalsOfTheId() {
        return Stream.of(new HoldAnswer.Released(), new HoldAnswer.Conflict());
    }

    @Test
    void anOrderWhoseMoneyIsHeldIsStored() {
        HoldOutcomes outcomes = bothAre(new HoldAnswer.Held());
        assertThat(outcomes.toStore()).containsExactly(plain, keyed);
        assertOnly(outcomes, 2);
        assertThat(outcomes.needStatements()).isTrue();
    }

    @Test
    void anOrderOnALockedAccountIsTriedAgain() {
        HoldOutcomes outcomes = bothAre(new HoldAnswer.AccountBusy());
        assertThat(outcomes.undecided()).containsExactly(plain, keyed);
        assertOnly(outcomes, 2);
        assertThat(outcomes.needStatements()).isFalse();
    }

    @Test
    void anOrderOfWhichPaymentsSaysNothingIsTriedAgain() {
        HoldOutcomes outcomes = HoldOutcomes.of(batch, Map.of());
        assertThat(outcomes.undecided()).containsExactly(plain, keyed);
        assertOnly(outcomes, 2);
    }

    @Test
    void anOrderWhoseMoneyMayBeHeldYetIsGivenUp() {
        HoldOutcomes outcomes = bothAre(new HoldAnswer.Unclear());
        assertThat(outcomes.unknown()).containsExactly(plain, keyed);
        assertOnly(outcomes, 2);
        assertThat(outcomes.needStatements()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalIsTheAnswerOfAnOrderWithoutAKey(HoldAnswer.Refused refusal) {
        HoldOutcomes outcomes = HoldOutcomes.of(List.of(plain), Map.of(plain.id(), refusal));
        assertThat(outcomes.settled()).isEqualTo(Map.of(plain, new Placement.Refused(refusal)));
        assertOnly(outcomes, 1);
        assertThat(outcomes.needStatements()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("refusalsOfTheId")
    void anOrderWithAKeyIsTriedUnderItsNextIdWhereOnlyItsIdIsRefused(HoldAnswer.Refused refusal) {
        HoldOutcomes outcomes = HoldOutcomes.of(List.of(keyed), Map.of(keyed.id(), refusal));
        assertThat(outcomes.idUsedUp()).containsExactly(keyed);
        assertOnly(outcomes, 1);
        assertThat(outcomes.needStatements()).isFalse();
    }

    @Test
    void anOrderWithAKeyIsNotRefusedBeforeItsKeyIsLookedFor() {
        HoldAnswer.Refused refusal = new HoldAnswer.InsufficientFunds();
        HoldOutcomes outcomes = HoldOutcomes.of(List.of(keyed), Map.of(keyed.id(), refusal));
        assertThat(outcomes.refusedWithKey()).isEqualTo(Map.of(keyed, refusal));
        assertOnly(outcomes, 1);
        assertThat(outcomes.needStatements()).isTrue();
    }

    @Test
    void eachOrderOfABatchGetsItsOwnOutcome() {
        HoldOutcomes outcomes = HoldOutcomes.of(
                batch, Map.of(plain.id(), new HoldAnswer.Held(), keyed.id(), new HoldAnswer.Released()));
        assertThat(outcomes.toStore()).containsExactly(plain);
        assertThat(outcomes.idUsedUp()).containsExactly(keyed);
        assertOnly(outcomes, 2);
    }

    @Test
    void ordersThatWereNeverSentNeedNothing() {
        for (Throwable failure : List.of(new CircuitBreakerOpenException(), unavailable(false))) {
            HoldOutcomes outcomes = HoldOutcomes.unanswered(batch, failure);
            assertThat(outcomes.settled())
                    .isEqualTo(Map.of(
                            plain, new Placement.PaymentsUnavailable(), keyed, new Placement.PaymentsUnavailable()));
            assertOnly(outcomes, 2);
            assertThat(outcomes.needStatements()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ordersWhoseMoneyMayBeHeldAreGivenUp(boolean known) {
        Throwable failure = known ? unavailable(true) : new IllegalStateException("anything else");
        HoldOutcomes outcomes = HoldOutcomes.unanswered(batch, failure);
        assertThat(outcomes.unknown()).containsExactly(plain, keyed);
        assertOnly(outcomes, 2);
        assertThat(outcomes.needStatements()).isTrue();
    }

    private static PaymentsUnavailableException unavailable(boolean mayHaveArrived) {
        return new PaymentsUnavailableException("no answer", mayHaveArrived);
    }

    private HoldOutcomes bothAre(HoldAnswer answer) {
        return HoldOutcomes.of(batch, Map.of(plain.id(), answer, keyed.id(), answer));
    }

    /** Nobody is forgotten, or has two outcomes. */
    private static void assertOnly(HoldOutcomes outcomes, int orders) {
        assertThat(outcomes.toStore().size()
                        + outcomes.settled().size()
                        + outcomes.idUsedUp().size()
                        + outcomes.refusedWithKey().size()
                        + outcomes.undecided().size()
                        + outcomes.unknown().size())
                .isEqualTo(orders);
    }
}
