package dev.holdfast.faults;

import dev.holdfast.faults.stack.StackShape;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One way to break a stack.
 *
 * @param shortest how long the stack stays broken at least
 * @param longest how long it stays so at most; a time between the two is drawn
 * @param promises what clients may count on meanwhile
 * @param suits the shapes of a stack that it can be done to
 * @param injection breaks it
 */
record Fault(
        String name,
        Duration shortest,
        Duration longest,
        Set<Promise> promises,
        Predicate<StackShape> suits,
        Injection injection) {

    /** What clients may count on while a stack is broken. */
    enum Promise {
        /** The gateway answers within its limits, whatever the answer is. */
        ANSWERS_IN_TIME,
        /** Orders are accepted all the while. */
        ORDERS_ACCEPTED
    }

    /** Breaks a stack. */
    @FunctionalInterface
    interface Injection {
        /**
         * Returns, once it is broken, how to mend it.
         *
         * @throws ImpossibleHereException when this machine does not allow it
         * @throws MissedException when it could not be broken; it may be half broken then
         */
        Mending inject(StackUnderTest stack, Random random) throws Exception;
    }

    /** Takes the cause away; what follows is for the stack itself to do. */
    @FunctionalInterface
    interface Mending {
        /** For what passes by itself: the stack's recovery begins as soon as it is broken. */
        Mending NONE = new NothingToMend(List.of());

        void mend() throws Exception;

        /** What the fault itself has found to be wrong; asked once the stack has recovered. */
        default List<Violation> violations() throws Exception {
            return List.of();
        }
    }

    /** What a fault has found that leaves nothing broken behind. */
    record NothingToMend(List<Violation> violations) implements Mending {
        @Override
        public void mend() {
            // It has passed already.
        }
    }

    Fault {
        promises = Set.copyOf(promises);
    }

    /** A fault for any stack, during which the gateway goes on answering. */
    static Fault of(String name, int shortestSeconds, int longestSeconds, Injection injection) {
        return new Fault(
                name,
                Duration.ofSeconds(shortestSeconds),
                Duration.ofSeconds(longestSeconds),
                Set.of(Promise.ANSWERS_IN_TIME),
                shape -> true,
                injection);
    }

    /** The gateway itself is broken, or the way to it. */
    Fault atTheDoor() {
        return promising(Set.of());
    }

    Fault acceptingOrders() {
        return promising(Set.of(Promise.values()));
    }

    /** The same, but it never lasts longer. */
    Fault atMost(Duration limit) {
        return new Fault(name, shorter(shortest, limit), shorter(longest, limit), promises, suits, injection);
    }

    Fault where(Predicate<StackShape> suitable) {
        return new Fault(name, shortest, longest, promises, suitable, injection);
    }

    boolean promises(Promise promise) {
        return promises.contains(promise);
    }

    /** How long it lasts this time. */
    Duration draw(Random random) {
        return shortest.plusMillis(
                (long) (random.nextDouble() * longest.minus(shortest).toMillis()));
    }

    private Fault promising(Set<Promise> others) {
        return new Fault(name, shortest, longest, others, suits, injection);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
