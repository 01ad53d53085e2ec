package dev.holdfast.system.faults;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How much to break.
 *
 * @param rounds in each the broker is stopped and started once and each service killed once
 * @param ratePerSecond orders started each second all the while
 */
record FaultsOptions(int rounds, double ratePerSecond) {
    static final String USAGE = """
            faults [--rounds N] [--rate R]

              --rounds  broker bounces, and kill -9 of each service (20)
              --rate    orders started each second all the while (50)""";

    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_RATE = 10_000;

    /** @throws IllegalArgumentException with a message for the user */
    static FaultsOptions parse(List<String> arguments) {
        int rounds = 20;
        double rate = 50;
        Deque<String> open = new ArrayDeque<>(arguments);
        while (!open.isEmpty()) {
            String option = open.pop();
            String value = open.isEmpty() ? "" : open.pop();
            if (!value.matches("[1-9][0-9]{0,4}")) {
                throw new IllegalArgumentException("faults: " + option + " needs a positive number\n\n" + USAGE);
            }
            switch (option) {
                case "--rounds" -> rounds = Math.min(Integer.parseInt(value), MAX_ROUNDS);
                case "--rate" -> rate = Math.min(Integer.parseInt(value), MAX_RATE);
                default -> throw new IllegalArgumentException("faults: unknown option " + option + "\n\n" + USAGE);
            }
        }
        return new FaultsOptions(rounds, rate);
    }
}
