package dev.holdfast.faults.load;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** All faults that come as messages. */
public final class MessageFaults {
    private MessageFaults() {}

    /** Each leaves the system as sound as it was, so they can be run in any order and again. */
    public static List<MessageFault> all() {
        return Stream.of(DisorderedEvents.all(), LateRequests.all(), PoisonedEvents.all(), ForeignMessages.all())
                .flatMap(List::stream)
                .toList();
    }

    /** What one fault does on its scene. */
    interface Script {
        void run(Scene scene, Random random) throws Exception;
    }

    static MessageFault fault(String name, Script script) {
        return new MessageFault() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Violation> run(StackUnderTest stack, Random random) throws Exception {
                try (Scene scene = new Scene(name, stack)) {
                    script.run(scene, random);
                    return scene.checks().violations();
                }
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
