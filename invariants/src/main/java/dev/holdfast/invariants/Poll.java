package dev.holdfast.invariants;

import java.time.Duration;
import java.util.function.Predicate;

/** Asks again and again until the answer is the wanted one. */
public final class Poll {
    private Poll() {}

    /** What is asked. */
    @FunctionalInterface
    public interface Question<T, E extends Exception> {
        T ask() throws E, InterruptedException;
    }

    /** Returns whether it came true before the timeout; asks once at least. */
    public static <E extends Exception> boolean until(
            Duration timeout, Duration interval, Question<Boolean, E> question) throws E, InterruptedException {
        return lastAnswer(timeout, interval, question, answer -> answer);
    }

    /**
     * Returns the first answer that is wanted, or after the timeout the last one; asks once at least.
     *
     * @param interval between two questions
     */
    public static <T, E extends Exception> T lastAnswer(
            Duration timeout, Duration interval, Question<T, E> question, Predicate<T> wanted)
            throws E, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        T answer = question.ask();
        while (!wanted.test(answer) && System.nanoTime() < deadline) {
            Thread.sleep(interval);
            answer = question.ask();
        }
        return answer;
    }
}
