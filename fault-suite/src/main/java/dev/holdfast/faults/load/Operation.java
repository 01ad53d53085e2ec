package dev.holdfast.faults.load;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a customer wants done with money, however many requests it takes, and what is known of it. Its state
 * is guarded by its {@link CustomerLedger}.
 */
final class Operation {
    enum Kind {
        DEPOSIT(200),
        WITHDRAWAL(200),
        ORDER(201),
        HOLD(200);

        final int successStatus;

        Kind(int successStatus) {
            this.successStatus = successStatus;
        }
    }

    final Kind kind;
    final int number;
    final CustomerLedger ledger;
    final long cents;
    /** Whether it can be repeated without another effect: by its key, or by the order id of a hold. */
    final boolean repeatable;

    final Step.Afterwards afterwards;

    /** Requests of it that nobody knows to have been carried out or not. */
    int unclear;

    boolean started;
    boolean applied;
    boolean refused;
    boolean releaseAsked;
    boolean released;
    boolean cancelAsked;
    /** Answered as CANCELLED. */
    boolean cancelled;
    /** Answered as paid already. */
    boolean tooLate;

    /** Whether it is an order that is charged when somebody asks for it. */
    final boolean manual;
    /** What was asked to be captured of such an order, in cents; 0 for nothing. */
    long captureCents;
    /** Answered as to be captured. */
    boolean captureAccepted;
    /** What was answered as given back of an order, in cents. */
    long refundedCents;
    /** Whether more of it may have been given back: a request for that got no clear answer. */
    boolean maybeRefunded;
    /** The refunds that were answered, by their keys. */
    final Map<String, String> refunds = new HashMap<>();

    int answerHash;

    @Nullable
    UUID orderId;

    Operation(
            Kind kind,
            int number,
            CustomerLedger ledger,
            long cents,
            boolean repeatable,
            boolean manual,
            Step.Afterwards afterwards) {
        this.kind = kind;
        this.number = number;
        this.ledger = ledger;
        this.cents = cents;
        this.repeatable = repeatable;
        this.manual = manual;
        this.afterwards = afterwards;
    }

    /** Whether it is known what came of it. */
    boolean clear() {
        return cancelAsked ? cancelled || tooLate : releaseAsked ? released : applied || refused;
    }

    /** Whether its last request can be sent again without another effect. */
    boolean mayBeSentAgain() {
        return repeatable || cancelAsked;
    }

    /** Refused, and no request of it can have been carried out all the same. */
    boolean surelyNotApplied() {
        return refused && !applied && unclear == 0;
    }

    /** Whether it is a hold that was taken and lasts longer than the load. */
    boolean staysHeld() {
        return kind == Kind.HOLD && afterwards == Step.Afterwards.KEEP && applied;
    }

    boolean tooDear() {
        return cents >= Step.TOO_DEAR_CENTS;
    }

    /** What is charged of an order, if it comes to that. */
    long chargedCents() {
        return manual ? captureCents : cents;
    }

    BigDecimal amount() {
        return BigDecimal.valueOf(cents, 2);
    }

    @Override
    public String toString() {
        return "operation %d: %s of %s by user %s, %s%s, %d requests without a clear answer%s"
                .formatted(
                        number,
                        kind,
                        amount(),
                        ledger.user,
                        state(),
                        repeatable ? "" : " and without a key",
                        unclear,
                        orderId == null ? "" : ", order " + orderId);
    }

    private String state() {
        if (cancelAsked && clear()) {
            return cancelled ? "cancelled" : "too late to cancel";
        }
        return released ? "released" : applied ? "acknowledged" : refused ? "refused" : "unclear";
    }
}
