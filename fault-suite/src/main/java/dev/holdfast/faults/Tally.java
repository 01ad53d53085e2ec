package dev.holdfast.faults;

import dev.holdfast.invariants.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Counts what a run has done and found. */
final class Tally {
    private static final List<String> INVARIANTS = List.of("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8");
    /** Broken where a stack does not come back by itself. */
    static final String RECOVERY = "recovery";
    /** Broken where clients wait longer than is promised, or orders are refused without need. */
    static final String SERVICE = "service";
    /** Broken where the reconciliation finds a discrepancy in a sound stack. */
    static final String RECONCILIATION = "reconciliation";

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, Long> broken = new LinkedHashMap<>();
    private final Map<String, Long> orders = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Consumer<String> progress;
    private Duration slowestAnswer = Duration.ZERO;
    private int checks;

    /** @param progress is told of each violation */
    Tally(List<Fault> kinds, Consumer<String> progress) {
        this.progress = progress;
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

    void broken(String promise, String sentence, String row) {
        found(List.of(new Violation(promise, sentence, 1, List.of(row))));
    }

    void found(List<Violation> found) {
        found.forEach(violation -> progress.accept("    " + violation));
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
