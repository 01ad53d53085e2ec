package dev.holdfast.faults;

import dev.holdfast.invariants.Violation;
import java.time.Duration;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a run.
 *
 * @param kinds by their name, in the order of the list
 * @param broken how often each promise was broken
 * @param orders how many orders ended in each status
 * @param slowestAnswer while the gateway was not itself broken
 * @param checks how often all invariants were checked
 */
record FaultsReport(
        long seed,
        Duration took,
        Map<String, Tally.Kind> kinds,
        Map<String, Long> broken,
        Map<String, Long> orders,
        Duration slowestAnswer,
        int checks,
        List<Violation> violations) {

    /**
     * 0 when every promise was kept and no fault failed to come about that could have, 1 when not, 2 when that is not known.
     *
     * @param complete whether the run came to its end
     */
    int exitStatus(boolean complete) {
        if (!violations.isEmpty() || misses() > 0) {
            return 1;
        }
        return complete && checks > 0 ? 0 : 2;
    }

    String text() {
        Formatter text = new Formatter(Locale.ROOT);
        text.format("%n%-66s %5s  %s%n", "fault", "times", "slowest recovery");
        kinds.forEach((name, kind) -> text.format("%-66s %5d  %s%s%n", name, kind.times(), recovery(kind), note(kind)));
        text.format("%n%-14s %s%n", "promise", "violations");
        broken.forEach((promise, count) -> text.format("%-14s %10d%n", promise, count));
        text.format("%n%s%n", summary());
        violations.forEach(violation -> text.format("%s%n", violation));
        return text.toString();
    }

    /** The same as tables of Markdown. */
    String markdown() {
        Formatter text = new Formatter(Locale.ROOT);
        text.format("| fault | times | slowest recovery |%n|---|---:|---:|%n");
        kinds.forEach(
                (name, kind) -> text.format("| %s | %d | %s%s |%n", name, kind.times(), recovery(kind), note(kind)));
        text.format("%n| promise | violations |%n|---|---:|%n");
        broken.forEach((promise, count) -> text.format("| %s | %d |%n", promise, count));
        text.format("%n%s%n", summary());
        return text.toString();
    }

    private String summary() {
        return String.format(
                Locale.ROOT,
                "%d faults in %.1f minutes (seed %d), %d checks of all invariants; %d orders placed, %d finished, "
                        + "%d cancelled; slowest answer %.1f s; %d faults did not come about; %d violations",
                kinds.values().stream().mapToInt(Tally.Kind::times).sum(),
                took.toMillis() / 60e3,
                seed,
                checks,
                orders.values().stream().mapToLong(Long::longValue).sum(),
                orders.getOrDefault("FINISHED", 0L),
                orders.getOrDefault("CANCELLED", 0L),
                slowestAnswer.toMillis() / 1e3,
                misses(),
                violations.stream().mapToLong(Violation::count).sum());
    }

    private int misses() {
        return kinds.values().stream().mapToInt(Tally.Kind::misses).sum();
    }

    private static String recovery(Tally.Kind kind) {
        return kind.times() == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f s", kind.slowest().toMillis() / 1e3);
    }

    private static String note(Tally.Kind kind) {
        return kind.notDone().isEmpty() ? "" : " (not done: " + kind.notDone() + ")";
    }
}
