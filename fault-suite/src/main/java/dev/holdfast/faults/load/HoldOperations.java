package dev.holdfast.faults.load;

/** Takes holds and releases them, each more than once, and contradicts itself in between. */
final class HoldOperations {
    private static final int SHORT_EXPIRY_SECONDS = 2;
    private static final int LONG_EXPIRY_SECONDS = 24 * 60 * 60;

    private final CheckedRequests requests;
    private final Attempts attempts;
    private final AnswerLog log;
    private final Names names;

    HoldOperations(CheckedRequests requests, AnswerLog log, Names names) {
        this.requests = requests;
        this.attempts = new Attempts(requests, log);
        this.log = log;
        this.names = names;
    }

    void carryOut(Operation operation) throws InterruptedException {
        Answer first = hold(operation);
        if (first.status() != 200) {
            return;
        }
        Answer again = hold(operation);
        boolean expires = operation.afterwards == Step.Afterwards.LET_EXPIRE;
        if (again.status() == 200 && !expires && !again.text("expires_at").equals(first.text("expires_at"))) {
            log.add("I7", "a repeated hold gets the first answer", operation + ": " + first + ", then " + again);
        }
        expectConflict(names.hold(operation, operation.cents + 1, expirySeconds(operation)), "hold_conflict");
        if (operation.afterwards == Step.Afterwards.RELEASE) {
            operation.ledger.askRelease(operation);
            boolean once = release(operation);
            boolean twice = once && release(operation);
            if (twice) {
                expectConflict(names.hold(operation, operation.cents, LONG_EXPIRY_SECONDS), "hold_released");
            }
        }
    }

    /** Sends its last request again. */
    void repeat(Operation operation) throws InterruptedException {
        if (operation.releaseAsked) {
            release(operation);
        } else {
            hold(operation);
        }
    }

    private Answer hold(Operation operation) throws InterruptedException {
        Request request = names.hold(operation, operation.cents, expirySeconds(operation));
        return attempts.send(operation, request, answer -> operation.ledger.applied(operation, 0));
    }

    /** Returns whether it is known to be released. */
    private boolean release(Operation operation) throws InterruptedException {
        Request request = names.release(operation);
        Answer answer = requests.send(request);
        if (answer.status() == 200) {
            operation.ledger.released(operation);
            return true;
        }
        if (!answer.unclear()) {
            log.add("I7", "an acknowledged hold can be released, again and again", request + " was " + answer);
        }
        return false;
    }

    private void expectConflict(Request request, String code) throws InterruptedException {
        requests.expectRefusal(request, requests.send(request), 409, code);
    }

    private static int expirySeconds(Operation operation) {
        return operation.afterwards == Step.Afterwards.LET_EXPIRE ? SHORT_EXPIRY_SECONDS : LONG_EXPIRY_SECONDS;
    }
}
