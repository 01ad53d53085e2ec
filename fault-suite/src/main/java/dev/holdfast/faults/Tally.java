package dev.holdfast.faults;

import dev.holdfast.invariants.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a run has done and found. */
final class Tally {
    private static final List<String> INVARIANTS = List.of("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8");
    /** Broken where a stack does not come back by itself. */
    static final String RECOVERY = "recovery";
    /** Broken where clients wait longer than they are told, or orders are refused that need not be. */
    static final String SERVICE = "service";
    /** Broken where the reconciliation names what is none. */
    static final String RECONCILIATION = "reconciliation";

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, Long> broken = new LinkedHashMap<>();
    private final Map<String, Long> orders = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private Duration slowestAnswer = Duration.ZERO;
    private int checks;

    Tally(List<Fault> kinds) {
        kinds.forEach(kind -> this.kinds.put(kind.name(), Kind.NEVER));
        INVARIANTS.forEach(invariant -> broken.put(invariant, 0L));
        broken.put(RECOVERY, 0L);
        broken.put(SERVICE, 0L);
        broken.put(RECONCILIATION, 0L);
    }

    void done(Fault fault, Duration recovery) {
        Kind before = kind(fault);
        Duration slowest = recovery.compareTo(before.slowest) > 0 ? recovery : before.slowest;
        kinds.put(fault.name(), new Kind(before.times + 1, slowest, before.misses, before.notDone));
    }

    /** It should have come about and did not. */
    void missed(Fault fault, String why) {
        Kind before = kind(fault);
        kinds.put(fault.name(), new Kind(before.times, before.slowest, before.misses + 1, why));
    }

    /** This machine does not allow it. */
    void impossibleHere(Fault fault, String why) {
        Kind before = kind(fault);
        kinds.put(fault.name(), new Kind(before.times, before.slowest, before.misses, why));
    }

    void found(List<Violation> found) {
        found.forEach(violation -> broken.merge(violation.invariant(), violation.count(), Long::sum));
        violations.addAll(found);
    }

    void checked(Duration slowestPromisedAnswer) {
        checks++;
        if (slowestPromisedAnswer.compareTo(slowestAnswer) > 0) {
            slowestAnswer = slowestPromisedAnswer;
        }
    }

    void ordersOfAStack(Map<String, Long> byStatus) {
        byStatus.forEach((status, count) -> orders.merge(status, count, Long::sum));
    }

    boolean keptAllPromises() {
        return violations.isEmpty();
    }

    FaultsReport report(long seed, Duration took) {
        return new FaultsReport(
                seed,
                took,
                new LinkedHashMap<>(kinds),
                new LinkedHashMap<>(broken),
                orders,
                slowestAnswer,
                checks,
                violations);
    }

    private Kind kind(Fault fault) {
        return kinds.getOrDefault(fault.name(), Kind.NEVER);
    }

    /**
     * What is known of one kind of faults.
     *
     * @param slowest the longest recovery
     * @param misses how often it did not come about though this machine allows it
     * @param notDone why it did not come about, when it last did not
     */
    record Kind(int times, Duration slowest, int misses, String notDone) {
        static final Kind NEVER = new Kind(0, Duration.ZERO, 0, "");
    }
}
