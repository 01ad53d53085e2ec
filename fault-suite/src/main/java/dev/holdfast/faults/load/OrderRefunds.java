package dev.holdfast.faults.load;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Refunds orders once they are charged: a part, sometimes all the rest, and then more than there is. */
final class OrderRefunds {
    /** An order is mostly charged within the first. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final int ATTEMPTS_MAX = 8;

    private final CheckedRequests requests;
    private final AnswerLog log;
    private final Names names;

    OrderRefunds(CheckedRequests requests, AnswerLog log, Names names) {
        this.requests = requests;
        this.log = log;
        this.names = names;
    }

    void carryOut(Operation operation, Step step) throws InterruptedException {
        UUID orderId = Objects.requireNonNull(operation.orderId, "Only an order that was placed can be refunded");
        long charged = operation.chargedCents();
        long part = (charged + 1) / 2;
        Request first = names.refund(operation, orderId, "part", part);
        if (!send(operation, first, part)) {
            return;
        }
        if (step.copies() > 1) {
            send(operation, first, 0);
        }
        if (step.otherBody()) {
            Request other = names.refund(operation, orderId, "part", part + 1);
            requests.expectRefusal(other, requests.send(other), 422, "idempotency_key_reused");
        }
        long rest = charged - part;
        if (step.atOnce() && (rest == 0 || send(operation, names.refund(operation, orderId, "rest", null), rest))) {
            Request more = names.refund(operation, orderId, "more", 1L);
            requests.expectRefusal(more, requests.send(more), 422, "refund_exceeds_captured");
        }
    }

    /**
     * Sends it until it is clear what came of it, or often enough.
     *
     * @param cents what it gives back, where it has not been answered before
     * @return whether it was answered as given back
     */
    private boolean send(Operation operation, Request request, long cents) throws InterruptedException {
        boolean unclear = false;
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            Answer answer = requests.send(request);
            if (answer.status() == 201) {
                operation.ledger.refunded(operation, cents, answer.text("id"), request.key());
                checkShown(operation, request, answer, cents);
                return true;
            }
            unclear |= answer.unclear();
            if (!answer.unclear() && !answer.is(409, "order_not_finished")) {
                requests.outsideTheContract(request, answer.toString());
                return false;
            }
            Thread.sleep(PAUSE);
        }
        if (unclear) {
            operation.ledger.maybeRefunded(operation);
        }
        return false;
    }

    private void checkShown(Operation operation, Request request, Answer answer, long cents) {
        @Nullable
        BigDecimal amount = answer.json().path("amount").isNumber()
                ? answer.json().path("amount").decimalValue()
                : null;
        boolean isOfItsAmount = amount != null && (cents == 0 || amount.compareTo(CustomerLedger.money(cents)) == 0);
        if (!answer.text("order_id").equals(String.valueOf(operation.orderId)) || !isOfItsAmount) {
            log.add("I8", "a refund is answered with its order and amount", request + " was " + answer);
        }
        if (!operation.ledger.isRefund(operation, request.key(), answer.text("id"))) {
            log.add("I7", "all answers to one Idempotency-Key name one refund", request + " was " + answer);
        }
    }
}
