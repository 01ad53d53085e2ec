package dev.holdfast.faults.load;

import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Poll;
import java.time.Duration;

/** Reads by REST from a system that is quiet, where each is answered 200 in the end. */
record QuietReads(Caller caller, Findings findings) {
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    /** Returns the answer; one without a body, after a violation is noted, where it is not 200 in time. */
    Answer read(String target) throws InterruptedException {
        Answer last = Poll.lastAnswer(
                TIMEOUT,
                POLL_INTERVAL,
                () -> caller.send(Request.get("check", target)),
                answer -> answer.status() == 200);
        if (last.status() != 200) {
            findings.add("I8", "reads are answered 200 when all is mended", target + " was " + last);
            return new Answer(last.status(), "", "");
        }
        return last;
    }
}
