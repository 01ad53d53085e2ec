package dev.holdfast.faults;

import dev.holdfast.invariants.Poll;
import java.time.Duration;

/** Waits for the moment at which a fault goes on. */
final class Moment {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private Moment() {}

    /** @throws MissedException when it has not come before the timeout */
    static void await(Duration timeout, Poll.Question<Boolean, Exception> condition) throws Exception {
        if (!Poll.until(timeout, POLL_INTERVAL, condition)) {
            throw new MissedException("the moment did not come within " + timeout.toSeconds() + " s");
        }
    }
}
