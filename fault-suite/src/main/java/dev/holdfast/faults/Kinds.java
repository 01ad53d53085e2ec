package dev.holdfast.faults;

import dev.holdfast.faults.Fault.Injection;
import dev.holdfast.faults.Fault.NothingToMend;
import dev.holdfast.faults.load.MessageFault;
import dev.holdfast.faults.load.MessageFaults;
import java.util.ArrayList;
import java.util.List;

/** All ways to break a stack that is under load. */
final class Kinds {
    private Kinds() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        all.addAll(ProcessFaults.all());
        all.addAll(MomentFaults.all());
        all.add(RollingRestart.fault());
        all.addAll(DatabaseFaults.all());
        all.addAll(BrokerFaults.all());
        all.addAll(LinkFaults.all());
        MessageFaults.all().forEach(fault -> all.add(messages(fault)));
        return List.copyOf(all);
    }

    private static Fault messages(MessageFault fault) {
        Injection injection = (stack, random) -> new NothingToMend(fault.run(stack, random));
        return Fault.of("messages " + fault.name(), 0, 0, injection);
    }
}
