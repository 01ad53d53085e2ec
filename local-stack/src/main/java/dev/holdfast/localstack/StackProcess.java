package dev.holdfast.localstack;

import java.nio.file.Path;

/** One process of the stack that can crash and be started again, as far as its supervisor and the tests of faults see it. */
public interface StackProcess {
    /** How users call it, also the name of its log. */
    String name();

    /** Starts it and waits until it serves; one that still runs, also from an earlier launcher, is stopped first.
     *
     * @throws StackException if it does not come up in time */
    void start();

    /** Ends it gracefully, or by force when its time for that is over; does nothing when it does not run. */
    void stop();

    /** SIGKILL, as a crash; returns when it is gone. */
    void kill();

    boolean isAlive();

    /** Whether another process stands in for it, so that it is not to be started. */
    default boolean isReplaced() {
        return false;
    }

    /** @return -1 when it does not run */
    long pid();

    Path log();
}
