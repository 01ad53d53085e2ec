package dev.holdfast.faults.load;

/** Sends the requests of operations, as their kinds need. */
final class OperationSender {
    private final KeyedOperations keyed;
    private final HoldOperations holds;
    private final OrderCancellations cancellations;
    private final OrderCaptures captures;
    private final OrderRefunds refunds;

    OperationSender(CheckedRequests requests, AnswerLog log, Names names) {
        keyed = new KeyedOperations(requests, log, names);
        holds = new HoldOperations(requests, log, names);
        cancellations = new OrderCancellations(requests, log, names);
        captures = new OrderCaptures(requests, log, names);
        refunds = new OrderRefunds(requests, log, names);
    }

    /** Sends all requests that the step asks for; returns when the last of them is answered. */
    void sendAll(Operation operation, Step step) throws InterruptedException {
        switch (operation.kind) {
            case ORDER, DEPOSIT, WITHDRAWAL -> keyed.carryOut(operation, step);
            case HOLD -> holds.carryOut(operation);
        }
        if (step.cancelled() && operation.orderId != null) {
            cancellations.carryOut(operation, step);
        }
        if (step.manual() && !step.cancelled() && operation.orderId != null) {
            captures.carryOut(operation, step);
        }
        if (step.refunded() && operation.orderId != null) {
            refunds.carryOut(operation, step);
        }
        operation.ledger.settle(operation);
    }

    /** Sends the request that got no clear answer once more. */
    void repeat(Operation operation) throws InterruptedException {
        if (operation.cancelAsked) {
            cancellations.send(operation);
            return;
        }
        switch (operation.kind) {
            case ORDER, DEPOSIT, WITHDRAWAL -> keyed.send(operation);
            case HOLD -> holds.repeat(operation);
        }
        operation.ledger.settle(operation);
    }
}
