package dev.holdfast.faults.load;

import java.math.BigDecimal;
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
    int answerHash;

    @Nullable
    UUID orderId;

    Operation(
            Kind kind, int number, CustomerLedger ledger, long cents, boolean repeatable, Step.Afterwards afterwards) {
        this.kind = kind;
        this.number = number;
        this.ledger = ledger;
        this.cents = cents;
        this.repeatable = repeatable;
        this.afterwards = afterwards;
    }

    /** Whether it is known what came of it. */
    boolean clear() {
        return releaseAsked ? released : applied || refused;
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

    BigDecimal amount() {
        return BigDecimal.valueOf(cents, 2);
    }

    @Override
    public String toString() {
        String state = released ? "released" : applied ? "acknowledged" : refused ? "refused" : "unclear";
        return "operation %d: %s of %s by user %s, %s%s, %d requests without a clear answer%s"
                .formatted(
                        number,
                        kind,
                        amount(),
                        ledger.user,
                        state,
                        repeatable ? "" : " and without a key",
                        unclear,
                        orderId == null ? "" : ", order " + orderId);
    }
}
