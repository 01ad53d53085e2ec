package dev.holdfast.faults.load;

import java.time.Duration;
import java.util.UUID;

/** Cancels orders that were placed, each more than once, before their money is captured or too late. */
final class OrderCancellations {
    /** An order is mostly charged within this time. */
    private static final Duration PAUSE_UNIT = Duration.ofMillis(10);

    private static final int PAUSES = 4;

    private final CheckedRequests requests;
    private final AnswerLog log;
    private final Names names;

    OrderCancellations(CheckedRequests requests, AnswerLog log, Names names) {
        this.requests = requests;
        this.log = log;
        this.names = names;
    }

    void carryOut(Operation operation, Step step) throws InterruptedException {
        operation.ledger.askCancel(operation);
        Thread.sleep(PAUSE_UNIT.multipliedBy(step.pick() % PAUSES));
        if (send(operation)) {
            send(operation);
        }
    }

    /** Returns whether the answer was clear. */
    boolean send(Operation operation) throws InterruptedException {
        UUID orderId = operation.orderId;
        if (orderId == null) {
            throw new IllegalStateException("Only an order that was placed can be cancelled: " + operation);
        }
        Request request = names.cancel(operation, orderId);
        Answer answer = requests.send(request);
        boolean sameAsBefore = true;
        if (answer.status() == 200) {
            sameAsBefore = operation.ledger.cancelled(operation);
            checkShown(request, answer, orderId);
        } else if (answer.is(409, "order_finished")) {
            sameAsBefore = operation.ledger.tooLateToCancel(operation);
        } else if (!answer.unclear()) {
            requests.outsideTheContract(request, answer.toString());
        }
        if (!sameAsBefore) {
            log.add("I2", "an order is cancelled or charged, and stays so", operation + " was " + answer);
        }
        return !answer.unclear();
    }

    private void checkShown(Request request, Answer answer, UUID orderId) {
        if (!answer.text("id").equals(orderId.toString())
                || !answer.text("status").equals("CANCELLED")) {
            log.add("I2", "a cancelled order is answered as CANCELLED", request + " was " + answer);
        }
    }
}
