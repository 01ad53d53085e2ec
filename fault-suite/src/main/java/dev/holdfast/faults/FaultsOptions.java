package dev.holdfast.faults;

import dev.holdfast.localstack.CommandOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What to break, and for how long.
 *
 * @param seed of all that is drawn: the order of the faults, how long each lasts, what the customers do
 * @param minutes after them no further fault is begun
 * @param only found in the names of the faults that are wanted
 * @param markdown where the tables go in addition
 */
record FaultsOptions(
        long seed, int minutes, Pattern only, @Nullable Path markdown) {
    static final String USAGE = """
            usage: ./holdfast faults [OPTION...]

            Breaks a stack of its own under load in every way it knows, one after another, and checks after each few
            that nothing is lost and nothing was done twice. Ends with a table.

              --seed N         of all that is drawn; a new one unless given, printed either way
              --minutes M      from the first fault under load on; after them no further one is begun (30); a round of
                               all takes about as long
              --only PATTERN   only faults in whose name it is found, for example "kill -9|SIGSTOP"
              --native         the native binaries instead of the jars
              --markdown FILE  writes the tables as Markdown, too; a relative path is below the checkout
              --help           print this

            exit status: 0 when every promise was kept, 1 when one was broken or a fault did not come about, 2 when it
            could not be run to its end, or nothing was checked""";

    private static final int USUAL_MINUTES = 30;
    private static final int MINUTES_MAX = 9_999;
    private static final int SEED_MAX = 999_999_999;
    /** A short number is easier to type again. */
    private static final int MOST_SEEDS = 1_000_000;

    /** @throws IllegalArgumentException with a message for the user */
    static FaultsOptions parse(List<String> arguments) {
        CommandOptions given = CommandOptions.parse(
                "faults", Set.of("--seed", "--minutes", "--only", "--markdown"), Set.of(), arguments);
        return new FaultsOptions(
                given.whole("--seed", 0, SEED_MAX, ThreadLocalRandom.current().nextInt(MOST_SEEDS)),
                given.whole("--minutes", 1, MINUTES_MAX, USUAL_MINUTES),
                only(given),
                given.file("--markdown"));
    }

    boolean wants(Fault fault) {
        return only.matcher(fault.name()).find();
    }

    private static Pattern only(CommandOptions given) {
        String value = given.value("--only");
        try {
            return Pattern.compile(value == null ? "" : value);
        } catch (PatternSyntaxException e) {
            throw given.refused("--only takes a regular expression, not " + value + " (" + e.getDescription() + ")");
        }
    }
}
