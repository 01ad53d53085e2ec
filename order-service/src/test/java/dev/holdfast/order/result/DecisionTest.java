package dev.holdfast.order.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.PoisonEventException;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final UUID USER = UUID.randomUUID();
    private static final BigDecimal PRICE = new BigDecimal("19.90");

    @Test
    void aPaymentFinishesANewOrder() {
        assertThat(Decision.on(succeeded(order(OrderStatus.NEW)), order(OrderStatus.NEW)))
                .isEqualTo(new Decision.Finish());
    }

    @ParameterizedTest
    @EnumSource
    void aFailureCancelsANewOrderForItsReason(FailureReason reason) {
        LockedOrder order = order(OrderStatus.NEW);
        assertThat(Decision.on(failed(order, reason), order)).isEqualTo(new Decision.Cancel(reason));
    }

    @Test
    void aSecondPaymentOfAFinishedOrderIsIgnored() {
        LockedOrder order = order(OrderStatus.FINISHED);
        assertThat(Decision.on(succeeded(order), order)).isEqualTo(new Decision.Ignore());
    }

    @ParameterizedTest
    @EnumSource
    void aFinishedOrderStaysFinishedWhateverFails(FailureReason reason) {
        LockedOrder order = order(OrderStatus.FINISHED);
        assertThat(Decision.on(failed(order, reason), order)).isEqualTo(new Decision.Ignore());
    }

    @ParameterizedTest
    @EnumSource
    void aSecondFailureOfACancelledOrderIsIgnored(FailureReason reason) {
        LockedOrder order = order(OrderStatus.CANCELLED);
        assertThat(Decision.on(failed(order, reason), order)).isEqualTo(new Decision.Ignore());
    }

    @Test
    void aPaymentOfACancelledOrderIsRefunded() {
        LockedOrder order = order(OrderStatus.CANCELLED);
        assertThat(Decision.on(succeeded(order), order)).isEqualTo(new Decision.Refund());
    }

    @Test
    void aResultOfAnOrderWhoseStatusOnlyANewerVersionKnowsIsLeftToThatVersion() {
        LockedOrder order = new LockedOrder(UUID.randomUUID(), USER, PRICE, OrderStatus.stored("AUTHORIZED"), NOW);
        assertThat(Decision.on(succeeded(order), order)).isEqualTo(new Decision.LeaveToNewerVersion());
        assertThat(Decision.on(failed(order, FailureReason.HOLD_RELEASED), order))
                .isEqualTo(new Decision.LeaveToNewerVersion());
    }

    @ParameterizedTest
    @EnumSource
    void aResultForAnotherUserIsRefusedInEveryStatus(OrderStatus status) {
        LockedOrder order = order(status);
        LockedOrder another = new LockedOrder(order.id(), UUID.randomUUID(), PRICE, status, NOW);
        assertThat(Decision.on(succeeded(another), order)).isInstanceOf(Decision.Refuse.class);
        assertThat(Decision.on(failed(another, FailureReason.HOLD_RELEASED), order))
                .isInstanceOf(Decision.Refuse.class);
    }

    @ParameterizedTest
    @EnumSource
    void aResultOfAnotherAmountIsRefusedInEveryStatus(OrderStatus status) {
        LockedOrder order = order(status);
        LockedOrder another = new LockedOrder(order.id(), USER, new BigDecimal("19.91"), status, NOW);
        assertThat(Decision.on(succeeded(another), order))
                .isEqualTo(new Decision.Refuse("order " + order.id() + " is of 19.90, not of 19.91"));
        assertThat(Decision.on(failed(another, FailureReason.HOLD_RELEASED), order))
                .isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void theSameAmountMayBeWrittenWithOtherDecimals() {
        LockedOrder order = order(OrderStatus.NEW);
        LockedOrder written = new LockedOrder(order.id(), USER, new BigDecimal("19.9"), OrderStatus.NEW, NOW);
        assertThat(Decision.on(succeeded(written), order)).isEqualTo(new Decision.Finish());
    }

    @ParameterizedTest
    @EnumSource
    void aRequestIsNoResult(OrderStatus status) {
        LockedOrder order = order(status);
        assertThat(Decision.on(new PaymentRequested(UUID.randomUUID(), order.id(), USER, PRICE, NOW), order))
                .isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void resultsOfOneOrderInABatchSeeEachOthersEffect() {
        LockedOrder order = order(OrderStatus.NEW);
        PaymentEvent failed = failed(order, FailureReason.HOLD_RELEASED);
        PaymentEvent succeeded = succeeded(order);

        Verdict failedFirst = Verdict.on(List.of(failed, succeeded), List.of(order));
        assertThat(failedFirst.cancelled()).containsOnlyKeys(FailureReason.HOLD_RELEASED);
        assertThat(failedFirst.refunded()).extracting(LockedOrder::id).containsExactly(order.id());
        assertThat(failedFirst.finished()).isEmpty();
        assertThat(failedFirst.givesMoneyBack()).isTrue();

        Verdict succeededFirst = Verdict.on(List.of(succeeded, failed), List.of(order));
        assertThat(succeededFirst.finished()).containsExactly(order);
        assertThat(succeededFirst.cancelled()).isEmpty();
        assertThat(succeededFirst.refunded()).isEmpty();
        assertThat(succeededFirst.ignored()).containsExactly(failed);
        assertThat(succeededFirst.givesMoneyBack()).isFalse();
    }

    @Test
    void aResultOfAnUnknownOrderIsPoison() {
        LockedOrder unknown = order(OrderStatus.NEW);
        assertThatThrownBy(() -> Verdict.on(List.of(succeeded(unknown)), List.of()))
                .isInstanceOf(PoisonEventException.class)
                .hasMessage("there is no order " + unknown.id());
    }

    private static LockedOrder order(OrderStatus status) {
        return new LockedOrder(UUID.nameUUIDFromBytes(new byte[] {1}), USER, PRICE, status, NOW);
    }

    private static PaymentEvent succeeded(LockedOrder order) {
        return new PaymentSucceeded(UUID.randomUUID(), order.id(), order.userId(), order.amount(), NOW);
    }

    private static PaymentEvent failed(LockedOrder order, FailureReason reason) {
        return new PaymentFailed(UUID.randomUUID(), order.id(), order.userId(), order.amount(), NOW, reason);
    }
}
