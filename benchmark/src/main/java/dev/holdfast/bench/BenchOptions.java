package dev.holdfast.bench;

import dev.holdfast.localstack.CommandOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to measure.
 *
 * @param url the gateway; null for that of the running local stack
 * @param ratePerSecond 0 for the closed loop
 * @param readPercent how many of a hundred requests are reads
 * @param mixPercent how many of a hundred of the other requests cancel or refund orders
 * @param users accounts that the orders are spread over
 * @param filled orders that have ended, and accounts, that are put into the tables before
 * @param backlog orders whose payment is to be asked for that are put into the tables at once after the warm-up; 0 for none
 * @param repeats how many times it is measured, after one warm-up
 * @param limit whether to measure what PostgreSQL alone takes, too
 * @param besideNative whether stacks on the JVM and of native binaries are started and take turns, instead of a running one
 * @param json where the figures are written too
 */
record BenchOptions(
        @Nullable URI url,
        int connections,
        double ratePerSecond,
        int readPercent,
        int mixPercent,
        int users,
        int filled,
        int backlog,
        Duration measured,
        Duration warmUp,
        int repeats,
        boolean limit,
        boolean besideNative,
        @Nullable Path json) {
    static final String USAGE = """
            usage: ./holdfast bench [OPTION...]

              --connections N  requests under way at once (16)
              --rate R         open loop: requests started each second, whatever the answers take, and latencies
                               from the moment each was due; without it (closed loop) each connection sends its next
                               request when its last one is answered
              --reads N        percent of the requests that are reads: an order, a list of orders, an account (0)
              --mix N          percent of the other requests that in turn cancel the newest order, which may be charged already,
                               and refund a part of any, which may not be charged yet (0)
              --users N        accounts that the orders are spread over; 1 is one hot account (256)
              --filled N       orders that have ended long ago, each with an account of its own, that are put into the
                               tables before (0); they stay there
              --backlog N      orders whose payment is still to be asked for, put into the tables at once after the
                               warm-up: how fast they are worked off is measured first (0)
              --seconds S      how long is measured (30)
              --warmup S       how long load runs before: the closed loop, or with --url the same load (60)
              --repeat N       measures that many times and prints the medians (1)
              --limit          measures after each run what PostgreSQL alone takes of the same rows: 16 connections, 4
                               durable commits per order, half as long, 3 to 15 s (done in the closed loop)
              --no-limit       does not
              --url URL        a gateway elsewhere: without the figures of processes and databases, limit and invariants;
                               its UNLIMITED_ADDRESSES must name this machine, or it answers 429 and the run ends
              --native         starts two stacks of its own, one on the JVM and one of native binaries, which take turns
                               (--repeat, 3): starts, memory, sizes and figures beside each other; --connections,
                               --users, --seconds, --warmup (of the first turn) and --repeat alone go with it
              --json FILE      writes the figures to this file too
              --help           prints this

            exit status: 0 when all invariants hold, 1 when one is broken or orders are lost, 2 when it could not be
            measured""";

    private static final String NATIVE = "--native";
    private static final Set<String> WITH_NATIVE =
            Set.of(NATIVE, "--connections", "--seconds", "--warmup", "--repeat", "--users");
    private static final Set<String> FLAGS = Set.of("--limit", "--no-limit", NATIVE);
    private static final Set<String> WITH_VALUE = Set.of(
            "--url",
            "--connections",
            "--rate",
            "--reads",
            "--mix",
            "--users",
            "--filled",
            "--backlog",
            "--seconds",
            "--warmup",
            "--repeat",
            "--json");
    private static final int CONNECTIONS_MAX = 4_096;
    private static final double RATE_MIN = 0.1;
    private static final double RATE_MAX = 100_000;
    private static final int PERCENT_MAX = 99;
    private static final int USERS_MAX = 100_000;
    private static final int ROWS_MAX = 5_000_000;
    private static final int SECONDS_MAX = 3_600;
    private static final int REPEATS_MAX = 100;

    boolean openLoop() {
        return ratePerSecond > 0;
    }

    /** One measured run at that rate, 0 for the closed loop, after that warm-up. */
    BenchOptions turn(double rate, Duration before) {
        return new BenchOptions(
                url,
                connections,
                rate,
                readPercent,
                mixPercent,
                users,
                0,
                0,
                measured,
                before,
                1,
                limit && rate == 0,
                false,
                null);
    }

    /** @throws IllegalArgumentException with a message for the user */
    static BenchOptions parse(List<String> arguments) {
        CommandOptions given = CommandOptions.parse("bench", WITH_VALUE, FLAGS, arguments);
        boolean besideNative = given.has(NATIVE);
        if (given.has("--limit") && given.has("--no-limit")) {
            throw given.refused("--limit and --no-limit exclude one another");
        }
        if (besideNative && !WITH_NATIVE.containsAll(given.names())) {
            throw given.refused(NATIVE + " goes with --connections, --users, --seconds, --warmup and --repeat alone");
        }
        double rate = rate(given);
        return new BenchOptions(
                url(given),
                given.whole("--connections", 1, CONNECTIONS_MAX, 16),
                rate,
                given.whole("--reads", 0, PERCENT_MAX, 0),
                given.whole("--mix", 0, PERCENT_MAX, 0),
                given.whole("--users", 1, USERS_MAX, 256),
                given.whole("--filled", 0, ROWS_MAX, 0),
                given.whole("--backlog", 0, ROWS_MAX, 0),
                Duration.ofSeconds(given.whole("--seconds", 1, SECONDS_MAX, 30)),
                Duration.ofSeconds(given.whole("--warmup", 0, SECONDS_MAX, 60)),
                given.whole("--repeat", 1, REPEATS_MAX, besideNative ? 3 : 1),
                given.has("--limit") || (rate == 0 && !given.has("--no-limit")),
                besideNative,
                given.file("--json"));
    }

    private static double rate(CommandOptions given) {
        String value = given.value("--rate");
        if (value == null) {
            return 0;
        }
        if (value.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            double rate = Double.parseDouble(value);
            if (rate >= RATE_MIN && rate <= RATE_MAX) {
                return rate;
            }
        }
        throw given.refused("--rate takes a number from %.1f to %.0f, not %s".formatted(RATE_MIN, RATE_MAX, value));
    }

    private static @Nullable URI url(CommandOptions given) {
        String value = given.value("--url");
        if (value == null) {
            return null;
        }
        try {
            URI url = URI.create(value);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http
                    && url.getHost() != null
                    && value.endsWith(url.getRawAuthority() + url.getRawPath())
                    && url.getRawPath().matches("/?")) {
                return url;
            }
        } catch (IllegalArgumentException notAUrl) {
            // Said below, as for a URL of another kind.
        }
        throw given.refused("--url takes one like http://host:8000, without a path, not " + value);
    }
}
