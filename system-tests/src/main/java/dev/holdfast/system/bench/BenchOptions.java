package dev.holdfast.system.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to measure.
 *
 * @param ratePerSecond 0 for the closed loop
 * @param users accounts that the orders are spread over
 * @param limit whether to measure what PostgreSQL alone takes, too
 * @param json where the figures are written too
 */
record BenchOptions(
        @Nullable URI url,
        int connections,
        double ratePerSecond,
        Duration measured,
        Duration warmUp,
        int users,
        boolean limit,
        @Nullable Path json) {
    static final String USAGE = """
            bench [--connections N] [--rate R] [--seconds S] [--warmup S] [--users N] [--url URL] [--json FILE]
                  [--limit | --no-limit]

              --connections  requests under way at once (16)
              --rate         orders started each second, whatever the answers take; without it each connection
                             places its next order when its last one is answered
              --seconds      how long is measured (30)
              --warmup       how long the same load runs before (60)
              --users        accounts that the orders are spread over (256)
              --url          the gateway, if not the one of the running local stack
              --limit        measures what PostgreSQL alone takes as well: in the closed loop unless --no-limit
              --json         writes the figures to this file too""";

    private static final int MAX_CONNECTIONS = 4_096;
    private static final int MAX_RATE = 100_000;
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_USERS = 100_000;

    /** @throws IllegalArgumentException with a message for the user */
    static BenchOptions parse(List<String> arguments) {
        URI url = null;
        int connections = 16;
        double rate = 0;
        int seconds = 30;
        int warmUp = 60;
        int users = 256;
        Boolean limit = null;
        Path json = null;
        Deque<String> open = new ArrayDeque<>(arguments);
        while (!open.isEmpty()) {
            String option = open.pop();
            if (option.equals("--limit") || option.equals("--no-limit")) {
                limit = option.equals("--limit");
                continue;
            }
            if (open.isEmpty()) {
                throw new IllegalArgumentException("bench: " + option + " is unknown or needs a value\n\n" + USAGE);
            }
            String value = open.pop();
            switch (option) {
                case "--url" -> url = URI.create(value);
                case "--connections" -> connections = (int) number(option, value, 1, MAX_CONNECTIONS);
                case "--rate" -> rate = number(option, value, 0, MAX_RATE);
                case "--seconds" -> seconds = (int) number(option, value, 1, MAX_SECONDS);
                case "--warmup" -> warmUp = (int) number(option, value, 0, MAX_SECONDS);
                case "--users" -> users = (int) number(option, value, 1, MAX_USERS);
                case "--json" -> json = Path.of(value);
                default -> throw new IllegalArgumentException("bench: unknown option " + option + "\n\n" + USAGE);
            }
        }
        return new BenchOptions(
                url,
                connections,
                rate,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUp),
                users,
                limit == null ? rate == 0 : limit,
                json);
    }

    private static double number(String option, String value, double least, double most) {
        try {
            double number = Double.parseDouble(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, as for a number out of bounds.
        }
        throw new IllegalArgumentException(
                "bench: %s takes a number from %.0f to %.0f, not %s".formatted(option, least, most, value));
    }
}
