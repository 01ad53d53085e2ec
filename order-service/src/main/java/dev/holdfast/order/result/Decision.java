package dev.holdfast.order.result;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;

/** What a result of payments means for its order. */
sealed interface Decision {
    /** The order is paid. */
    record Finish() implements Decision {}

    /** The order is not paid, and its hold is to be released. */
    record Cancel(FailureReason reason) implements Decision {}

    /** The order was cancelled before, so the money is to be given back. */
    record Refund() implements Decision {}

    /** The order is terminal and stays so: results may come twice, and in any order. */
    record Ignore() implements Decision {}

    /** The order has a status of a newer version, whose replicas know what the result means to it. */
    record LeaveToNewerVersion() implements Decision {}

    /** The result can never be applied. */
    record Refuse(String reason) implements Decision {}

    /**
     * Decides on a result.
     *
     * <p>One that differs from its order in user or amount is refused: to finish the order would give goods for money
     * that is not proven to be theirs, to cancel it would give up money on the word of a broken message. The order stays
     * NEW until a person has looked at the dead letter.
     */
    static Decision on(PaymentEvent result, LockedOrder order) {
        if (!order.userId().equals(result.userId())) {
            return new Refuse("order " + order.id() + " is not of user " + result.userId());
        }
        if (order.amount().compareTo(result.amount()) != 0) {
            return new Refuse("order " + order.id() + " is of " + order.amount() + ", not of " + result.amount());
        }
        return switch (result) {
            case PaymentRequested request -> new Refuse(PaymentRequested.TYPE + " is no result of a payment");
            case PaymentSucceeded succeeded ->
                switch (order.status()) {
                    case null -> new LeaveToNewerVersion();
                    case NEW -> new Finish();
                    case FINISHED -> new Ignore();
                    case CANCELLED -> new Refund();
                };
            case PaymentFailed failed ->
                switch (order.status()) {
                    case null -> new LeaveToNewerVersion();
                    case NEW -> new Cancel(failed.reason());
                    case FINISHED, CANCELLED -> new Ignore();
                };
        };
    }
}
