package dev.holdfast.faults.load;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import java.util.List;
import java.util.Random;

/** Something that can go wrong with the messages of the saga. */
public interface MessageFault {
    /** What goes wrong, in words, for the table of faults. */
    String name();

    /**
     * Does it once to users and orders of its own on a running system, whatever else goes on there, and waits for what
     * comes of it; dead letters that it caused are discarded with a note.
     *
     * @return what should have come of it and did not
     */
    List<Violation> run(StackUnderTest stack, Random random) throws Exception;
}
