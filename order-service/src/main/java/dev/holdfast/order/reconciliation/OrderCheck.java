package dev.holdfast.order.reconciliation;

import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.payments.OrderMoney;
import dev.holdfast.order.payments.OrderMoney.Hold;
import dev.holdfast.order.payments.OrderMoney.Moved;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an order and its money say about each other; a function of nothing but the two.
 *
 * @param wrong why they cannot both be right; empty where they can
 * @param inFlight whether something about them is still to happen, and has its time for it
 */
record OrderCheck(Set<Kind> wrong, boolean inFlight) {

    /**
     * Checks one order id.
     *
     * @param order null where there is no such order
     * @param money null where payments knows neither a hold nor a transfer of it
     * @param overdueAfter the result of a capture that is older has been applied
     */
    static OrderCheck on(@Nullable OrderFacts order, @Nullable OrderMoney money, Duration overdueAfter) {
        if (order != null && order.status() == null) {
            // A newer version has stored it, and checks it.
            return new OrderCheck(Set.of(), true);
        }
        Hold hold = money == null ? null : money.hold();
        Moved captured = money == null ? null : money.captured();
        Moved refunded = money == null ? null : money.refunded();
        Set<Kind> wrong = EnumSet.noneOf(Kind.class);
        if (captured != null && captured.count() > 1) {
            wrong.add(Kind.CAPTURED_TWICE);
        }
        if (hold != null && hold.overdue()) {
            wrong.add(Kind.HOLD_PAST_EXPIRY);
        }
        if (refunded != null && captured == null) {
            wrong.add(Kind.REFUND_WITHOUT_CAPTURE);
        }
        boolean inFlight;
        if (order == null) {
            inFlight = checkWithoutOrder(hold, captured, refunded, wrong);
        } else {
            compareUserAndAmount(order, hold, captured, refunded, wrong);
            inFlight = switch (Objects.requireNonNull(order.status())) {
                case AUTHORIZED -> checkAuthorized(order, captured, wrong);
                case NEW -> checkNew(order, wrong);
                case FINISHED -> checkFinished(order, hold, captured, refunded, wrong);
                case CANCELLED -> checkCancelled(order, hold, captured, refunded, overdueAfter, wrong);
            };
        }
        // Each of the kinds above says more about it.
        if (wrong.isEmpty() && (hold != null && hold.is(Hold.CAPTURED)) != (captured != null)) {
            wrong.add(Kind.HOLD_AND_CAPTURE_DIFFER);
        }
        return new OrderCheck(wrong, inFlight);
    }

    /** Clients may hold money for orders that are not placed here; it comes back when the hold expires. */
    private static boolean checkWithoutOrder(
            @Nullable Hold hold, @Nullable Moved captured, @Nullable Moved refunded, Set<Kind> wrong) {
        if (OrderMoney.isKept(captured, refunded)) {
            wrong.add(Kind.CAPTURE_WITHOUT_ORDER);
        }
        if (hold == null || !hold.is(Hold.HELD)) {
            return false;
        }
        if (hold.overdue()) {
            wrong.add(Kind.HOLD_WITHOUT_ORDER);
        }
        return !hold.overdue();
    }

    /** Its hold may be released or gone for a moment, when it is being cancelled; it is not in flight for its long time. */
    private static boolean checkAuthorized(OrderFacts order, @Nullable Moved captured, Set<Kind> wrong) {
        if (captured != null) {
            wrong.add(Kind.AUTHORIZED_BUT_CAPTURED);
        }
        if (order.isOpenTooLong()) {
            wrong.add(Kind.ORDER_AUTHORIZED_TOO_LONG);
        }
        return false;
    }

    private static boolean checkNew(OrderFacts order, Set<Kind> wrong) {
        if (order.isOpenTooLong()) {
            wrong.add(Kind.ORDER_NEW_TOO_LONG);
        }
        return !order.isOpenTooLong();
    }

    private static boolean checkFinished(
            OrderFacts order,
            @Nullable Hold hold,
            @Nullable Moved captured,
            @Nullable Moved refunded,
            Set<Kind> wrong) {
        if (captured == null) {
            wrong.add(Kind.FINISHED_WITHOUT_CAPTURE);
        }
        if (hold != null && hold.is(Hold.HELD)) {
            wrong.add(Kind.HOLD_OF_TERMINAL_ORDER);
        }
        // Between what is DONE and what is asked for, payments may have booked it and not have been heard.
        BigDecimal givenBack = refunded == null ? BigDecimal.ZERO : refunded.amount();
        if (givenBack.compareTo(order.refunded()) > 0) {
            wrong.add(Kind.FINISHED_WITH_REFUND);
        }
        if (givenBack.compareTo(order.refundsDone()) < 0) {
            wrong.add(Kind.REFUND_NOT_BOOKED);
        }
        return order.refunded().compareTo(order.refundsDone()) > 0;
    }

    private static boolean checkCancelled(
            OrderFacts order,
            @Nullable Hold hold,
            @Nullable Moved captured,
            @Nullable Moved refunded,
            Duration overdueAfter,
            Set<Kind> wrong) {
        boolean inFlight = false;
        if (captured != null && OrderMoney.isKept(captured, refunded)) {
            // Captured after the cancellation: the result, which causes the refund, may be on its way.
            if (order.refundPending() || isResultOnItsWay(order, captured, overdueAfter)) {
                inFlight = true;
            } else {
                wrong.add(Kind.CANCELLED_BUT_CAPTURED);
            }
        }
        if (hold != null && hold.is(Hold.HELD)) {
            if (order.releasePending()) {
                inFlight = true;
            } else {
                wrong.add(Kind.HOLD_OF_TERMINAL_ORDER);
            }
        }
        return inFlight;
    }

    /** Each side's age is told by its own database's clock: those clocks need not agree. */
    private static boolean isResultOnItsWay(OrderFacts order, Moved captured, Duration overdueAfter) {
        Long age = captured.ageMillis();
        return age == null || (age < order.changedMillisAgo() && age < overdueAfter.toMillis());
    }

    private static void compareUserAndAmount(
            OrderFacts order,
            @Nullable Hold hold,
            @Nullable Moved captured,
            @Nullable Moved refunded,
            Set<Kind> wrong) {
        if ((hold != null && !hold.userId().equals(order.userId()))
                || (captured != null && !captured.userId().equals(order.userId()))
                || (refunded != null && !refunded.userId().equals(order.userId()))) {
            wrong.add(Kind.USER_DIFFERS);
        }
        if ((hold != null && differs(hold, order))
                || (captured != null && differs(captured, order))
                // What a FINISHED order gives back is compared with its refunds.
                || (refunded != null
                        && order.status() != OrderStatus.FINISHED
                        && refunded.amount().compareTo(order.toCapture()) != 0)) {
            wrong.add(Kind.AMOUNT_DIFFERS);
        }
    }

    /** Of what was captured in part the hold has that part. */
    private static boolean differs(Hold hold, OrderFacts order) {
        return hold.amount().compareTo(hold.is(Hold.CAPTURED) ? order.toCapture() : order.amount()) != 0;
    }

    private static boolean differs(Moved captured, OrderFacts order) {
        return captured.amount().compareTo(order.toCapture().multiply(BigDecimal.valueOf(captured.count()))) != 0;
    }
}
