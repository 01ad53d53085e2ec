package dev.holdfast.order.compensation;

import java.time.Duration;

/**
 * A compensation that this process works on until its lease ends.
 *
 * @param attempt 1 for the first
 * @param age since it was recorded
 */
record Claimed(Compensation compensation, int attempt, Duration age) {
    private static final int DOUBLINGS_MAX = 20;

    /** The pause before the next attempt, should this one fail. */
    Duration backOff(Duration first, Duration longest) {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, DOUBLINGS_MAX));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }
}
