package dev.holdfast.payment.capture;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.hold.Hold;
import dev.holdfast.payment.hold.HoldStatus;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Decides about one request to capture; a function of nothing but what it is given. */
final class CaptureDecision {
    private CaptureDecision() {}

    /**
     * @param hold the order's hold, null where none was ever taken
     * @param refunded whether all that was captured for the order was given back
     * @param available what the user's account has free
     */
    static CaptureOutcome decide(
            PaymentRequested request, @Nullable Hold hold, boolean refunded, BigDecimal available) {
        if (hold == null) {
            return new CaptureOutcome.Refused(FailureReason.HOLD_NOT_FOUND);
        }
        if (!hold.isForAnOrder() || !covers(hold, request)) {
            return new CaptureOutcome.Refused(FailureReason.HOLD_MISMATCH);
        }
        return switch (hold.status()) {
            // Past its expiry or not: until it is swept or its room is needed, the money is still there.
            case HELD -> new CaptureOutcome.CaptureReserved();
            case EXPIRED ->
                available.compareTo(request.amount()) >= 0
                        ? new CaptureOutcome.CaptureAvailable()
                        : new CaptureOutcome.Refused(FailureReason.INSUFFICIENT_FUNDS);
            // Asked again after the refund, for example by an order that was restored from a backup: it is not paid.
            case CAPTURED ->
                refunded
                        ? new CaptureOutcome.Refused(FailureReason.HOLD_RELEASED)
                        : new CaptureOutcome.AlreadyCaptured();
            case RELEASED -> new CaptureOutcome.Refused(FailureReason.HOLD_RELEASED);
            case UNKNOWN ->
                throw new IllegalArgumentException("Only a newer version can decide about order " + hold.orderId);
        };
    }

    /** A part of what is held may be captured, once; what is captured is confirmed at its amount alone. */
    private static boolean covers(Hold hold, PaymentRequested request) {
        int difference = hold.amount.compareTo(request.amount());
        return hold.userId.equals(request.userId())
                && (hold.status() == HoldStatus.CAPTURED ? difference == 0 : difference >= 0);
    }
}
