package dev.holdfast.faults.restore;

import dev.holdfast.faults.MissedException;
import dev.holdfast.invariants.Violation;
import dev.holdfast.localstack.CommandOptions;
import dev.holdfast.localstack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;

/**
 * The command {@code ./holdfast drill}.
 *
 * <p>Exit status: 0 when all was mended and every promise kept, 1 when not, 2 when it could not be run.
 */
public final class Drill {
    private static final String USAGE = """
            usage: ./holdfast drill [OPTION...]

            Loses both databases of a stack of its own, restores them to different moments, mends what that leaves as
            docs/restore.md says, and checks everything. Twice: with older orders, then with older payments.

              --seed N         of what the customers do; a new one unless given, printed either way
              --minutes M      how long customers use the stack before (1)
              --native         the native binaries instead of the jars
              --help           print this

            exit status: 0 when all was mended and every promise was kept, 1 when not, 2 when it could not be run to its
            end""";

    private static final int MINUTES_MAX = 9_999;
    private static final int SEED_MAX = 999_999_999;
    /** A short number is easier to type again. */
    private static final int MOST_SEEDS = 1_000_000;

    private Drill() {}

    /** See {@link #USAGE}. */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        if (arguments.contains("--help")) {
            out.println(USAGE);
            return 0;
        }
        DrillRun drill;
        try {
            CommandOptions given = CommandOptions.parse("drill", Set.of("--seed", "--minutes"), Set.of(), arguments);
            int seed = given.whole(
                    "--seed", 0, SEED_MAX, ThreadLocalRandom.current().nextInt(MOST_SEEDS));
            int minutes = given.whole("--minutes", 1, MINUTES_MAX, 1);
            drill = new DrillRun(seed, Duration.ofMinutes(minutes).dividedBy(4), Map.of(), out);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
        return run(drill, out, err);
    }

    private static int run(DrillRun drill, PrintStream out, PrintStream err) throws InterruptedException {
        try {
            drill.run();
        } catch (MissedException e) {
            err.println(e.getMessage());
            return 1;
        } catch (IllegalStateException | StackException | IOException | SQLException | TimeoutException e) {
            err.println("The drill ended before its time: " + e);
            return 2;
        }
        out.println("Named and mended: " + drill.named());
        for (Violation violation : drill.violations()) {
            out.println(violation);
        }
        return drill.violations().isEmpty() ? 0 : 1;
    }
}
