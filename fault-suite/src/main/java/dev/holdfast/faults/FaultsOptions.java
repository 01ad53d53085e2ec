package dev.holdfast.faults;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What to break, and for how long.
 *
 * @param seed of all that is drawn: the order of the faults, how long each lasts, what the customers do
 * @param minutes after them no further fault is begun
 * @param only found in the names of the faults that are wanted
 * @param markdown where the tables go in addition
 */
record FaultsOptions(long seed, int minutes, Pattern only, Optional<Path> markdown) {
    static final String USAGE = """
            usage: ./holdfast faults [OPTION...]

            Breaks a stack of its own under load in every way it knows, one after another, and checks after each few
            that nothing is lost and nothing was done twice. Ends with a table; exit status 1 when a promise was broken
            or a fault did not come about.

              --seed N         of all that is drawn; a new one unless given, printed either way
              --minutes M      after them no further fault is begun (30); a round of all takes about as long
              --only PATTERN   only faults in whose name it is found, for example "kill -9|SIGSTOP"
              --native         the native binaries instead of the jars
              --markdown FILE  writes the tables as Markdown, too; a relative path is below the checkout
              --help           print this""";

    private static final int DEFAULT_MINUTES = 30;
    private static final int MOST_SEEDS = 1_000_000;

    /** @throws IllegalArgumentException with a message for the user */
    static FaultsOptions parse(List<String> arguments) {
        long seed = ThreadLocalRandom.current().nextInt(MOST_SEEDS);
        int minutes = DEFAULT_MINUTES;
        Pattern only = Pattern.compile("");
        Optional<Path> markdown = Optional.empty();
        Deque<String> open = new ArrayDeque<>(arguments);
        while (!open.isEmpty()) {
            String option = open.pop();
            String value = open.isEmpty() ? "" : open.pop();
            switch (option) {
                case "--seed" -> seed = number(option, value, 18);
                case "--minutes" -> minutes = Math.max(1, (int) number(option, value, 4));
                case "--only" -> only = pattern(option, value);
                case "--markdown" -> markdown = Optional.of(Path.of(text(option, value)));
                default -> throw new IllegalArgumentException("faults: unknown option " + option + "\n\n" + USAGE);
            }
        }
        return new FaultsOptions(seed, minutes, only, markdown);
    }

    private static long number(String option, String value, int digits) {
        if (!value.matches("[0-9]{1," + digits + "}")) {
            throw new IllegalArgumentException(
                    "faults: " + option + " needs a number of at most " + digits + " digits\n\n" + USAGE);
        }
        return Long.parseLong(value);
    }

    private static Pattern pattern(String option, String value) {
        try {
            return Pattern.compile(text(option, value));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "faults: " + option + " is no pattern: " + e.getMessage() + "\n\n" + USAGE, e);
        }
    }

    private static String text(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("faults: " + option + " needs a value\n\n" + USAGE);
        }
        return value;
    }
}
