package dev.holdfast.bench.load;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/** Counts and times the answers of a load under way. */
final class LoadFigures {
    private final Instant startTime = Instant.now();
    private final long start = System.nanoTime();
    private final Histogram postMicros = Latencies.histogram();
    private final Map<String, Histogram> otherMicros = new TreeMap<>();
    private final Map<String, Long> answers = new TreeMap<>();
    private final List<Load.Accepted> accepted = new ArrayList<>();
    private final List<Load.Failed> failed = new ArrayList<>();

    /** As {@link System#nanoTime()} told it. */
    long start() {
        return start;
    }

    /** The orders so far, seen as it grows. */
    List<Load.Accepted> accepted() {
        return accepted;
    }

    void count(String answer) {
        answers.merge(answer, 1L, Long::sum);
    }

    /** @param due when the request was due, as {@link System#nanoTime()} told it */
    void time(String what, long due) {
        otherMicros.computeIfAbsent(what, ignored -> Latencies.histogram()).recordValue(Latencies.microsSince(due));
    }

    /** @param due when the order was due, as {@link System#nanoTime()} told it */
    void accept(UUID orderId, UUID user, long due) {
        count("201");
        postMicros.recordValue(Latencies.microsSince(due));
        accepted.add(new Load.Accepted(orderId, user, startTime.plusNanos(due - start)));
    }

    /** @param answer the status with its code, or why there is none */
    void fail(String answer, Instant sent) {
        count(answer);
        if (failed.size() < Load.MOST_FAILED) {
            failed.add(new Load.Failed(answer, sent));
        }
    }

    Load load(Duration duration, TerminalSample sample) {
        return new Load(
                startTime, duration, answers, postMicros, sample.seenTerminalMicros(), otherMicros, accepted, failed);
    }
}
