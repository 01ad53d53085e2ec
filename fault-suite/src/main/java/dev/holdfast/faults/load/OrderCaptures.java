package dev.holdfast.faults.load;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/** Captures orders that are charged when somebody asks for it: the whole or a part, sometimes twice, and never another part. */
final class OrderCaptures {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int ATTEMPTS_MAX = 8;

    private final CheckedRequests requests;
    private final AnswerLog log;
    private final Names names;

    OrderCaptures(CheckedRequests requests, AnswerLog log, Names names) {
        this.requests = requests;
        this.log = log;
        this.names = names;
    }

    void carryOut(Operation operation, Step step) throws InterruptedException {
        UUID orderId = Objects.requireNonNull(operation.orderId, "Only an order that was placed can be captured");
        long cents = step.atOnce() ? operation.cents : 1 + step.pick() % operation.cents;
        operation.ledger.askCapture(operation, cents);
        Request request = names.capture(operation, orderId, "capture", cents);
        if (!send(operation, request)) {
            return;
        }
        if (step.copies() > 1) {
            send(operation, request);
        }
        Request again = names.capture(operation, orderId, "another", cents);
        requests.expectRefusal(again, requests.send(again), 409, "order_not_authorized");
    }

    /** Sends it until it is clear what came of it, or often enough; returns whether it was accepted. */
    private boolean send(Operation operation, Request request) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            Answer answer = requests.send(request);
            if (answer.status() == 202) {
                operation.ledger.captureAccepted(operation);
                if (!answer.text("id").equals(String.valueOf(operation.orderId))) {
                    log.add("I8", "a capture is answered with its order", request + " was " + answer);
                }
                return true;
            }
            if (!answer.unclear()) {
                requests.outsideTheContract(request, answer.toString());
                return false;
            }
            Thread.sleep(PAUSE);
        }
        return false;
    }
}
