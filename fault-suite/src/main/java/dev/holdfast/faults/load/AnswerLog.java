package dev.holdfast.faults.load;

import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the answers of a load and gathers what is wrong with them. Thread-safe. */
final class AnswerLog {
    private final Findings findings = new Findings();
    private final Map<String, Long> answers = new TreeMap<>();
    private Duration slowest = Duration.ZERO;
    private long placed;
    private long skipped;

    synchronized void count(Request request, Answer answer, Duration took) {
        answers.merge(request.kind() + " " + answer.kind(), 1L, Long::sum);
        if (took.compareTo(slowest) > 0) {
            slowest = took;
        }
        if (answer.status() == 500) {
            findings.add("I8", "nothing that a client sends is answered 500", request + " was " + answer);
        }
    }

    synchronized void countPlaced() {
        placed++;
    }

    synchronized void countSkipped() {
        skipped++;
    }

    synchronized void add(String invariant, String sentence, String row) {
        findings.add(invariant, sentence, row);
    }

    synchronized Map<String, Long> answers() {
        return new TreeMap<>(answers);
    }

    synchronized Duration slowest() {
        return slowest;
    }

    synchronized long placed() {
        return placed;
    }

    synchronized long skipped() {
        return skipped;
    }

    synchronized List<Violation> violations() {
        return findings.violations();
    }
}
