package dev.holdfast.bench.load;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param start when the first order was sent
 * @param duration how long orders were started
 * @param answers how many answers of each kind: the status, and for a refusal its problem's code
 * @param postMicros the time of a POST that was accepted; in the open loop from the moment it was due, so that a stall
 *     counts for every order it delays (no coordinated omission)
 * @param seenTerminalMicros of a sample of orders: from the POST until a GET showed a terminal state
 * @param otherMicros by the name of what was asked for ({@code get_order}, {@code cancel}), the time of other requests that
 *     succeeded, measured like that of a POST
 * @param accepted the orders answered 201
 * @param failed the first {@value #MOST_FAILED} requests that were answered with a status from 500 or not at all
 */
public record Load(
        Instant start,
        Duration duration,
        Map<String, Long> answers,
        Histogram postMicros,
        Histogram seenTerminalMicros,
        Map<String, Histogram> otherMicros,
        List<Accepted> accepted,
        List<Failed> failed) {
    static final int MOST_FAILED = 1_000;

    /**
     * An order that exists, by its answer.
     *
     * @param sent when its POST was sent, in the open loop when it was due
     */
    public record Accepted(UUID orderId, UUID userId, Instant sent) {}

    /**
     * A request that failed.
     *
     * @param sent when it itself was sent, whatever was sent for the same order before
     */
    public record Failed(String answer, Instant sent) {}

    public Load {
        answers = Map.copyOf(answers);
        otherMicros = Map.copyOf(otherMicros);
        accepted = List.copyOf(accepted);
        failed = List.copyOf(failed);
    }

    /** Those who have placed an order. */
    public Set<UUID> userIds() {
        return accepted.stream().map(Accepted::userId).collect(Collectors.toSet());
    }

    /** How long ago the load ended. */
    public Duration sinceEnd() {
        return Duration.between(end(), Instant.now());
    }

    public Instant end() {
        return start.plus(duration);
    }

    /** Answers that neither accepted an order nor refused it with a status below 500. */
    public long failures() {
        return answers.entrySet().stream()
                .filter(answer ->
                        !answer.getKey().startsWith("2") && !answer.getKey().startsWith("4"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
