package dev.holdfast.order.compensation;

import dev.holdfast.order.retry.RetryLoop;
import java.time.Duration;

/**
 * A compensation that this process works on until its lease ends.
 *
 * @param attempt 1 for the first
 * @param age since it was recorded
 */
record Claimed(Compensation compensation, int attempt, Duration age) {
    /** The pause before the next attempt, should this one fail. */
    Duration backOff(Duration first, Duration longest) {
        return RetryLoop.pauseAfter(attempt, first, longest);
    }
}
