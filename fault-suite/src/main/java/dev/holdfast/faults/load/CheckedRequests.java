package dev.holdfast.faults.load;

import java.time.Duration;

/** Sends requests, counts their answers, and notes those that the contract does not allow. */
final class CheckedRequests {
    private final Caller caller;
    private final AnswerLog log;

    CheckedRequests(Caller caller, AnswerLog log) {
        this.caller = caller;
        this.log = log;
    }

    Answer send(Request request) throws InterruptedException {
        long start = System.nanoTime();
        Answer answer = caller.send(request);
        log.count(request, answer, Duration.ofNanos(System.nanoTime() - start));
        return answer;
    }

    /** Sends a request that has this status whatever state the system is in, unless something is broken. */
    Answer expect(Request request, int status) throws InterruptedException {
        Answer answer = send(request);
        if (!answer.unclear() && answer.status() != status) {
            outsideTheContract(request, answer + " and not " + status);
        }
        return answer;
    }

    /** Checks the answer to a request that contradicts an earlier one. */
    void expectRefusal(Request request, Answer answer, int status, String code) {
        if (!answer.unclear() && !answer.is(status, code)) {
            log.add(
                    "I7",
                    "a request that contradicts an earlier one is refused",
                    request + " was " + answer + " and not " + status + " " + code);
        }
    }

    void outsideTheContract(Request request, String answer) {
        log.add("I8", "each answer is one that the contract allows", request + " was " + answer);
    }
}
