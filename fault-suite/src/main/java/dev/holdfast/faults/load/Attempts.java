package dev.holdfast.faults.load;

import java.util.function.Consumer;

/** Sends the requests of operations, and notes in the customer's ledger what is known from the answers. */
final class Attempts {
    private final CheckedRequests requests;
    private final AnswerLog log;

    Attempts(CheckedRequests requests, AnswerLog log) {
        this.requests = requests;
        this.log = log;
    }

    /** @param onSuccess notes an answer of the status that the operation has when it succeeds */
    Answer send(Operation operation, Request request, Consumer<Answer> onSuccess) throws InterruptedException {
        CustomerLedger.Window window = operation.ledger.begin(operation);
        try {
            Answer answer = requests.send(request);
            if (answer.status() == operation.kind.successStatus) {
                onSuccess.accept(answer);
            } else if (answer.status() == 402 && operation.kind != Operation.Kind.DEPOSIT) {
                noteInsufficientFunds(operation, request, answer, window);
            } else {
                noteOther(operation, request, answer);
            }
            return answer;
        } finally {
            operation.ledger.end(window);
        }
    }

    private void noteInsufficientFunds(
            Operation operation, Request request, Answer answer, CustomerLedger.Window window) {
        operation.ledger.refused(operation);
        String figures = operation.ledger.neverShort(operation, window);
        if (figures != null) {
            log.add(
                    "I8",
                    "contention is never answered as insufficient funds",
                    request + " was " + answer + "; " + figures);
        }
    }

    private void noteOther(Operation operation, Request request, Answer answer) {
        if (answer.unclear()) {
            operation.ledger.unclear(operation);
        } else if (operation.kind == Operation.Kind.ORDER && answer.is(409, "idempotency_key_exhausted")) {
            operation.ledger.refused(operation);
        } else if (request.key() == null || !answer.is(409, "idempotency_in_progress")) {
            requests.outsideTheContract(request, answer.toString());
        }
    }
}
