package dev.holdfast.order.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.PoisonEventException;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResultEffectsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final UUID USER = UUID.randomUUID();
    private static final BigDecimal PRICE = new BigDecimal("19.90");

    @Test
    void aPaymentFinishesANewOrder() {
        LockedOrder order = order(OrderStatus.NEW);
        assertThat(of(succeeded(order), order)).isEqualTo(effects(List.of(order), Map.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void aFailureCancelsANewOrderForItsReason(FailureReason reason) {
        LockedOrder order = order(OrderStatus.NEW);
        ResultEffects effects = of(failed(order, reason), order);
        CancelReason expected = CancelReason.valueOf(reason.name());
        assertThat(effects).isEqualTo(effects(List.of(), Map.of(expected, List.of(order)), List.of(), List.of()));
        assertThat(effects.givesMoneyBack()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureOfAnOrderThatIsToBeCancelledSaysSoWhereItsHoldWasReleased(FailureReason reason) {
        LockedOrder order = new LockedOrder(UUID.randomUUID(), USER, PRICE, OrderStatus.NEW, NOW, true);
        CancelReason expected = reason == FailureReason.HOLD_RELEASED
                ? CancelReason.CANCELLED_BY_REQUEST
                : CancelReason.valueOf(reason.name());
        assertThat(of(failed(order, reason), order))
                .isEqualTo(effects(List.of(), Map.of(expected, List.of(order)), List.of(), List.of()));
    }

    @Test
    void anOrderThatIsToBeCancelledIsFinishedWhereItsMoneyWasCapturedFirst() {
        LockedOrder order = new LockedOrder(UUID.randomUUID(), USER, PRICE, OrderStatus.NEW, NOW, true);
        assertThat(of(succeeded(order), order)).isEqualTo(effects(List.of(order), Map.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void aFinishedOrderStaysFinishedWhateverFails(FailureReason reason) {
        LockedOrder order = order(OrderStatus.FINISHED);
        for (PaymentEvent result : List.of(failed(order, reason), succeeded(order))) {
            assertThat(of(result, order)).isEqualTo(effects(List.of(), Map.of(), List.of(), List.of(result)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondFailureOfACancelledOrderIsIgnored(FailureReason reason) {
        LockedOrder order = order(OrderStatus.CANCELLED);
        PaymentEvent result = failed(order, reason);
        assertThat(of(result, order)).isEqualTo(effects(List.of(), Map.of(), List.of(), List.of(result)));
    }

    @Test
    void aPaymentOfACancelledOrderIsRefunded() {
        LockedOrder order = order(OrderStatus.CANCELLED);
        ResultEffects effects = of(succeeded(order), order);
        assertThat(effects).isEqualTo(effects(List.of(), Map.of(), List.of(order), List.of()));
        assertThat(effects.givesMoneyBack()).isTrue();
    }

    @Test
    void aResultOfAnOrderWhoseStatusOnlyANewerVersionKnowsIsLeftToThatVersion() {
        LockedOrder order =
                new LockedOrder(UUID.randomUUID(), USER, PRICE, OrderStatus.stored("SUSPENDED"), NOW, false);
        for (PaymentEvent result : List.of(succeeded(order), failed(order, FailureReason.HOLD_RELEASED))) {
            assertThat(of(result, order))
                    .isEqualTo(new ResultEffects(List.of(), Map.of(), List.of(), List.of(), Set.of(result.eventId())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResultForAnotherUserIsRefusedInEveryStatus(OrderStatus status) {
        LockedOrder order = order(status);
        LockedOrder another = new LockedOrder(order.id(), UUID.randomUUID(), PRICE, status, NOW, false);
        assertPoison(succeeded(another), order, "order " + order.id() + " is not of user " + another.userId());
        assertPoison(
                failed(another, FailureReason.HOLD_RELEASED),
                order,
                "order " + order.id() + " is not of user " + another.userId());
    }

    @ParameterizedTest
    @EnumSource
    void aResultOfAnotherAmountIsRefusedInEveryStatus(OrderStatus status) {
        LockedOrder order = order(status);
        LockedOrder another = new LockedOrder(order.id(), USER, new BigDecimal("19.91"), status, NOW, false);
        assertPoison(succeeded(another), order, "order " + order.id() + " is of 19.90, not of 19.91");
        assertPoison(
                failed(another, FailureReason.HOLD_RELEASED),
                order,
                "order " + order.id() + " is of 19.90, not of 19.91");
    }

    @Test
    void theSameAmountMayBeWrittenWithOtherDecimals() {
        LockedOrder order = order(OrderStatus.NEW);
        LockedOrder written = new LockedOrder(order.id(), USER, new BigDecimal("19.9"), OrderStatus.NEW, NOW, false);
        assertThat(of(succeeded(written), order).finished()).containsExactly(order);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestIsNoResult(OrderStatus status) {
        LockedOrder order = order(status);
        assertPoison(
                new PaymentRequested(UUID.randomUUID(), order.id(), USER, PRICE, NOW),
                order,
                "payment_requested is no result of a payment");
    }

    @Test
    void aResultOfAnUnknownOrderIsPoison() {
        LockedOrder unknown = order(OrderStatus.NEW);
        assertThatThrownBy(() -> ResultEffects.of(List.of(succeeded(unknown)), List.of()))
                .isInstanceOf(PoisonEventException.class)
                .hasMessage("there is no order " + unknown.id());
    }

    @Test
    void resultsOfOneOrderInABatchSeeEachOthersEffect() {
        LockedOrder order = order(OrderStatus.NEW);
        PaymentEvent failed = failed(order, FailureReason.HOLD_RELEASED);
        PaymentEvent succeeded = succeeded(order);

        ResultEffects failedFirst = ResultEffects.of(List.of(failed, succeeded), List.of(order));
        assertThat(failedFirst.cancelled()).containsOnlyKeys(CancelReason.HOLD_RELEASED);
        assertThat(failedFirst.refunded()).extracting(LockedOrder::id).containsExactly(order.id());
        assertThat(failedFirst.finished()).isEmpty();

        ResultEffects succeededFirst = ResultEffects.of(List.of(succeeded, failed), List.of(order));
        assertThat(succeededFirst).isEqualTo(effects(List.of(order), Map.of(), List.of(), List.of(failed)));
        assertThat(succeededFirst.givesMoneyBack()).isFalse();
    }

    private static ResultEffects of(PaymentEvent result, LockedOrder order) {
        return ResultEffects.of(List.of(result), List.of(order));
    }

    private static ResultEffects effects(
            List<LockedOrder> finished,
            Map<CancelReason, List<LockedOrder>> cancelled,
            List<LockedOrder> refunded,
            List<PaymentEvent> ignored) {
        return new ResultEffects(finished, cancelled, refunded, ignored, Set.of());
    }

    private static void assertPoison(PaymentEvent result, LockedOrder order, String message) {
        assertThatThrownBy(() -> of(result, order))
                .isInstanceOf(PoisonEventException.class)
                .hasMessage(message);
    }

    private static LockedOrder order(OrderStatus status) {
        return new LockedOrder(UUID.nameUUIDFromBytes(new byte[] {1}), USER, PRICE, status, NOW, false);
    }

    private static PaymentEvent succeeded(LockedOrder order) {
        return new PaymentSucceeded(UUID.randomUUID(), order.id(), order.userId(), order.amount(), NOW);
    }

    private static PaymentEvent failed(LockedOrder order, FailureReason reason) {
        return new PaymentFailed(UUID.randomUUID(), order.id(), order.userId(), order.amount(), NOW, reason);
    }
}
