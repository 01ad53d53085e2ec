package dev.holdfast.order.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.OrderMoney.Hold;
import dev.holdfast.order.payments.OrderMoney.Moved;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
    private static final UUID ID = UUID.randomUUID();
    private static final UUID USER = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Instant ENDED = NOW.minusSeconds(60);
    private static final Duration OVERDUE_AFTER = Duration.ofMinutes(5);
    private static final Instant DUE_SINCE = NOW.minus(OVERDUE_AFTER);

    @Test
    void aFinishedOrderIsCapturedOnce() {
        assertRight(finished(), money(hold("CAPTURED"), moved(), null));
        assertWrong(finished(), null, Kind.FINISHED_WITHOUT_CAPTURE);
        assertWrong(finished(), money(hold("RELEASED"), null, null), Kind.FINISHED_WITHOUT_CAPTURE);
        assertWrong(finished(), money(hold("CAPTURED"), moved(), moved()), Kind.FINISHED_WITH_REFUND);
        assertWrong(finished(), money(hold("CAPTURED"), moved(2, "20.00", USER, ENDED), null), Kind.CAPTURED_TWICE);
        assertWrong(
                finished(),
                money(hold("HELD"), null, null),
                Kind.FINISHED_WITHOUT_CAPTURE,
                Kind.HOLD_OF_TERMINAL_ORDER);
        assertWrong(finished(), money(hold("RELEASED"), moved(), null), Kind.HOLD_AND_CAPTURE_DIFFER);
        assertWrong(finished(), money(null, moved(), null), Kind.HOLD_AND_CAPTURE_DIFFER);
    }

    @Test
    void aFinishedOrderGivesBackWhatItsRefundsSay() {
        OrderMoney nothing = money(hold("CAPTURED"), moved(), null);
        OrderMoney four = money(hold("CAPTURED"), moved(), moved(2, "4.00", USER, ENDED));
        assertRight(refunded("4.00", "4.00"), four);
        assertRight(refunded("4.0", "4"), four);
        // Pending, and not booked yet, booked in part, or booked and not heard of.
        assertInFlight(refunded("4.00", "0.00"), nothing);
        assertInFlight(refunded("5.00", "3.00"), four);
        assertInFlight(refunded("4.00", "1.00"), four);
        assertWrong(refunded("4.00", "4.00"), nothing, Kind.REFUND_NOT_BOOKED);
        assertWrong(refunded("4.01", "4.01"), four, Kind.REFUND_NOT_BOOKED);
        assertWrong(refunded("3.99", "3.99"), four, Kind.FINISHED_WITH_REFUND);
        assertWrong(finished(), four, Kind.FINISHED_WITH_REFUND);
        assertWrong(
                refunded("4.00", "4.00"),
                money(hold("CAPTURED"), moved(), moved(1, "4.00", OTHER, ENDED)),
                Kind.USER_DIFFERS);
        assertWrong(
                refunded("4.00", "4.00"),
                money(hold("CAPTURED"), null, moved(1, "4.00", USER, ENDED)),
                Kind.FINISHED_WITHOUT_CAPTURE,
                Kind.REFUND_WITHOUT_CAPTURE);
    }

    @Test
    void aCancelledOrderKeepsNoMoney() {
        assertRight(cancelled(false, false), null);
        for (String status : new String[] {"RELEASED", "EXPIRED"}) {
            assertRight(cancelled(false, false), money(hold(status), null, null));
        }
        assertRight(cancelled(false, false), money(hold("CAPTURED"), moved(), moved()));
        assertWrong(cancelled(false, false), money(hold("CAPTURED"), moved(), null), Kind.CANCELLED_BUT_CAPTURED);
        assertWrong(cancelled(false, false), money(hold("HELD"), null, null), Kind.HOLD_OF_TERMINAL_ORDER);
        assertWrong(cancelled(false, false), money(hold("RELEASED"), null, moved()), Kind.REFUND_WITHOUT_CAPTURE);
        assertWrong(cancelled(false, false), money(hold("CAPTURED"), null, null), Kind.HOLD_AND_CAPTURE_DIFFER);
    }

    @Test
    void whatACancelledOrderIsGivingBackIsInFlight() {
        assertInFlight(cancelled(true, false), money(hold("HELD"), null, null));
        assertInFlight(cancelled(false, true), money(hold("CAPTURED"), moved(), null));
        Moved late = moved(1, "10.00", USER, ENDED.plusSeconds(1));
        assertInFlight(cancelled(false, false), money(hold("CAPTURED"), late, null));
        OrderFacts endedLongAgo = order(OrderStatus.CANCELLED, DUE_SINCE.minusSeconds(60), false, false, false);
        Moved overdue = moved(1, "10.00", USER, DUE_SINCE.minusSeconds(1));
        assertWrong(endedLongAgo, money(hold("CAPTURED"), overdue, null), Kind.CANCELLED_BUT_CAPTURED);
    }

    @Test
    void aNewOrderIsInFlightForItsTime() {
        OrderFacts young = order(OrderStatus.NEW, ENDED, false, false, false);
        assertInFlight(young, null);
        assertInFlight(young, money(hold("HELD"), null, null));
        assertInFlight(young, money(hold("EXPIRED"), null, null));
        // It is being cancelled.
        assertInFlight(young, money(hold("RELEASED"), null, null));
        assertInFlight(young, money(hold("CAPTURED"), moved(), null));
        OrderFacts old = order(OrderStatus.NEW, ENDED, true, false, false);
        assertWrong(old, money(hold("HELD"), null, null), Kind.ORDER_NEW_TOO_LONG);
        assertWrong(old, null, Kind.ORDER_NEW_TOO_LONG);
    }

    @Test
    void anAuthorizedOrderIsNotCapturedAndDoesNotStaySo() {
        OrderFacts authorized = order(OrderStatus.AUTHORIZED, ENDED, false, false, false);
        assertRight(authorized, money(hold("HELD"), null, null));
        // It is being cancelled.
        assertRight(authorized, money(hold("RELEASED"), null, null));
        assertRight(authorized, null);
        assertWrong(authorized, money(hold("CAPTURED"), moved(), null), Kind.AUTHORIZED_BUT_CAPTURED);
        assertWrong(
                order(OrderStatus.AUTHORIZED, ENDED, true, false, false),
                money(hold("HELD"), null, null),
                Kind.ORDER_AUTHORIZED_TOO_LONG);
        assertThat(check(authorized, money(hold(USER, "9.99", "HELD", false), null, null))
                        .wrong())
                .containsExactly(Kind.AMOUNT_DIFFERS);
    }

    @Test
    void aPartOfAnOrderIsCaptured() {
        OrderMoney part = money(hold(USER, "4.00", "CAPTURED", false), moved(1, "4.00", USER, ENDED), null);
        assertRight(ofPart(OrderStatus.FINISHED, "4.00"), part);
        assertWrong(ofPart(OrderStatus.FINISHED, "4.01"), part, Kind.AMOUNT_DIFFERS);
        assertWrong(finished(), part, Kind.AMOUNT_DIFFERS);
        assertInFlight(ofPart(OrderStatus.NEW, "4.00"), money(hold("HELD"), null, null));
        assertWrong(
                ofPart(OrderStatus.FINISHED, "4.00"),
                money(hold("CAPTURED"), moved(1, "4.00", USER, ENDED), null),
                Kind.AMOUNT_DIFFERS);
    }

    @Test
    void userAndAmountAreTheOrders() {
        OrderFacts young = order(OrderStatus.NEW, ENDED, false, false, false);
        assertThat(check(young, money(hold(USER, "9.99", "HELD", false), null, null))
                        .wrong())
                .containsExactly(Kind.AMOUNT_DIFFERS);
        assertThat(check(young, money(hold(OTHER, "10.00", "HELD", false), null, null))
                        .wrong())
                .containsExactly(Kind.USER_DIFFERS);
        assertWrong(finished(), money(hold("CAPTURED"), moved(1, "10.01", USER, ENDED), null), Kind.AMOUNT_DIFFERS);
        assertWrong(finished(), money(hold("CAPTURED"), moved(1, "10.00", OTHER, ENDED), null), Kind.USER_DIFFERS);
        assertWrong(
                cancelled(false, false),
                money(hold("CAPTURED"), moved(), moved(1, "9.00", USER, ENDED)),
                Kind.AMOUNT_DIFFERS,
                Kind.CANCELLED_BUT_CAPTURED);
        assertRight(finished(), money(hold(USER, "10", "CAPTURED", false), moved(1, "10.0", USER, ENDED), null));
    }

    @Test
    void clientsMayHoldMoneyWithoutAnOrder() {
        assertInFlight(null, money(hold("HELD"), null, null));
        assertRight(null, money(hold("RELEASED"), null, null));
        assertRight(null, money(hold("EXPIRED"), null, null));
        assertWrong(
                null,
                money(hold(USER, "10.00", "HELD", true), null, null),
                Kind.HOLD_PAST_EXPIRY,
                Kind.HOLD_WITHOUT_ORDER);
        assertWrong(null, money(hold("CAPTURED"), moved(), null), Kind.CAPTURE_WITHOUT_ORDER);
        assertWrong(null, money(null, moved(), null), Kind.CAPTURE_WITHOUT_ORDER);
        assertRight(null, money(hold("CAPTURED"), moved(), moved()));
        assertWrong(null, money(hold("CAPTURED"), moved(), moved(2, "9.99", USER, ENDED)), Kind.CAPTURE_WITHOUT_ORDER);
    }

    @Test
    void aHoldPastItsExpiryIsNamedWhateverItsOrderIs() {
        OrderFacts young = order(OrderStatus.NEW, ENDED, false, false, false);
        assertThat(check(young, money(hold(USER, "10.00", "HELD", true), null, null))
                        .wrong())
                .containsExactly(Kind.HOLD_PAST_EXPIRY);
    }

    @Test
    void theClocksOfTheTwoDatabasesNeedNotAgree() {
        // Captured a second after the cancellation, and payments' clock is an hour behind.
        long age = Duration.between(ENDED, NOW).minusSeconds(1).toMillis();
        Moved late = new Moved(1, new BigDecimal("10.00"), USER, ENDED.minusSeconds(3_600), age);
        assertInFlight(cancelled(false, false), money(hold("CAPTURED"), late, null));
        // Captured before it, and payments' clock is an hour ahead.
        Moved before = new Moved(1, new BigDecimal("10.00"), USER, ENDED.plusSeconds(3_600), age + 2_000);
        assertWrong(cancelled(false, false), money(hold("CAPTURED"), before, null), Kind.CANCELLED_BUT_CAPTURED);
    }

    @Test
    void anOrderOfAStatusThatOnlyANewerVersionKnowsIsLeftToIt() {
        OrderFacts authorized = order(null, DUE_SINCE.minusSeconds(60), false, false, false);
        assertInFlight(authorized, money(hold(OTHER, "9.99", "A_NEW_STATE", true), null, null));
        assertInFlight(authorized, null);
    }

    private static void assertRight(@Nullable OrderFacts order, @Nullable OrderMoney money) {
        assertThat(check(order, money)).isEqualTo(new OrderCheck(Set.of(), false));
    }

    private static void assertInFlight(@Nullable OrderFacts order, @Nullable OrderMoney money) {
        assertThat(check(order, money)).isEqualTo(new OrderCheck(Set.of(), true));
    }

    private static void assertWrong(@Nullable OrderFacts order, @Nullable OrderMoney money, Kind... kinds) {
        assertThat(check(order, money)).isEqualTo(new OrderCheck(Set.of(kinds), false));
    }

    private static OrderCheck check(@Nullable OrderFacts order, @Nullable OrderMoney money) {
        return OrderCheck.on(order, money, OVERDUE_AFTER);
    }

    private static OrderFacts finished() {
        return order(OrderStatus.FINISHED, ENDED, false, false, false);
    }

    private static OrderFacts refunded(String all, String done) {
        return order(OrderStatus.FINISHED, ENDED, false, false, false, new BigDecimal(all), new BigDecimal(done));
    }

    private static OrderFacts cancelled(boolean releasePending, boolean refundPending) {
        return order(OrderStatus.CANCELLED, ENDED, false, releasePending, refundPending);
    }

    private static OrderFacts order(
            @Nullable OrderStatus status, Instant changed, boolean newTooLong, boolean release, boolean refund) {
        return order(status, changed, newTooLong, release, refund, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    private static OrderFacts ofPart(OrderStatus status, String toCapture) {
        OrderFacts whole = order(status, ENDED, false, false, false);
        return new OrderFacts(
                ID,
                USER,
                whole.amount(),
                new BigDecimal(toCapture),
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                status,
                whole.createdAt(),
                whole.updatedAt(),
                whole.changedMillisAgo(),
                false,
                false,
                false);
    }

    private static OrderFacts order(
            @Nullable OrderStatus status,
            Instant changed,
            boolean newTooLong,
            boolean release,
            boolean refund,
            BigDecimal refunded,
            BigDecimal refundsDone) {
        return new OrderFacts(
                ID,
                USER,
                new BigDecimal("10.00"),
                new BigDecimal("10.00"),
                refunded,
                refundsDone,
                status,
                changed.minusSeconds(1),
                changed,
                Duration.between(changed, NOW).toMillis(),
                newTooLong,
                release,
                refund);
    }

    private static OrderMoney money(@Nullable Hold hold, @Nullable Moved captured, @Nullable Moved refunded) {
        return new OrderMoney(ID, hold, captured, refunded);
    }

    private static Hold hold(String status) {
        return hold(USER, "10.00", status, false);
    }

    private static Hold hold(UUID user, String amount, String status, boolean overdue) {
        return new Hold(user, new BigDecimal(amount), status, NOW, overdue);
    }

    private static Moved moved() {
        return moved(1, "10.00", USER, ENDED.minusMillis(20));
    }

    private static Moved moved(int count, String amount, UUID user, Instant at) {
        return new Moved(
                count,
                new BigDecimal(amount),
                user,
                at,
                Duration.between(at, NOW).toMillis());
    }
}
