package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Places orders, makes deposits and withdrawals, once or in several copies, mostly with an Idempotency-Key. */
final class KeyedOperations {
    private final CheckedRequests requests;
    private final Attempts attempts;
    private final AnswerLog log;
    private final Names names;

    KeyedOperations(CheckedRequests requests, AnswerLog log, Names names) {
        this.requests = requests;
        this.attempts = new Attempts(requests, log);
        this.log = log;
        this.names = names;
    }

    void carryOut(Operation operation, Step step) throws InterruptedException {
        if (step.atOnce()) {
            sendAtOnce(operation, step.copies());
        } else {
            for (int copy = 0; copy < step.copies(); copy++) {
                send(operation);
            }
        }
        if (step.otherBody() && operation.applied) {
            expectKeyReused(names.keyed(operation, operation.cents + 1));
            if (operation.kind == Operation.Kind.WITHDRAWAL) {
                expectKeyReused(names.deposit(operation, operation.cents));
            }
        }
    }

    void send(Operation operation) throws InterruptedException {
        Request request = names.keyed(operation, operation.cents);
        attempts.send(operation, request, answer -> {
            if (operation.kind == Operation.Kind.ORDER) {
                notePlaced(operation, request, answer);
            } else {
                noteMoved(operation, request, answer);
            }
        });
    }

    private void sendAtOnce(Operation operation, int copies) throws InterruptedException {
        Callable<Boolean> copy = () -> {
            send(operation);
            return true;
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> sent : threads.invokeAll(Collections.nCopies(copies, copy))) {
                sent.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void notePlaced(Operation operation, Request request, Answer answer) {
        JsonNode body = answer.json();
        UUID id = uuid(body.path("id").asText(""));
        if (id == null
                || !body.path("amount").isNumber()
                || body.path("amount").decimalValue().compareTo(operation.amount()) != 0) {
            log.add("I8", "an order is answered with its id and amount", request + " was " + answer);
            return;
        }
        noteTooDear(operation, request, answer);
        UUID before = operation.ledger.placed(operation, id);
        if (before == null) {
            log.countPlaced();
        } else if (!before.equals(id)) {
            log.add(
                    "I7",
                    "all answers to one Idempotency-Key name one order",
                    request + " was first answered " + before + ", then " + id);
        }
    }

    private void noteMoved(Operation operation, Request request, Answer answer) {
        noteTooDear(operation, request, answer);
        if (!operation.ledger.applied(operation, answer.body().hashCode())) {
            log.add(
                    "I7",
                    "a repeated deposit or withdrawal gets the first answer",
                    request + " was " + answer + ", which is not what it was before");
        }
    }

    private void noteTooDear(Operation operation, Request request, Answer answer) {
        if (operation.tooDear()) {
            log.add("I1", "nothing is done with money that no customer has", request + " was " + answer);
        }
    }

    private void expectKeyReused(Request request) throws InterruptedException {
        Answer answer = requests.send(request);
        if (answer.status() == 200 || answer.status() == 201) {
            log.add("I7", "a key is not used for another body", request + " was " + answer);
        } else if (!answer.is(409, "idempotency_in_progress")) {
            requests.expectRefusal(request, answer, 422, "idempotency_key_reused");
        }
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
