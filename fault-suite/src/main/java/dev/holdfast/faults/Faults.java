package dev.holdfast.faults;

import dev.holdfast.localstack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code ./holdfast faults}.
 *
 * <p>Exit status: 0 when every promise was kept, 1 when not or when a fault did not come about, 2 when it could not be
 * run to its end, or nothing was checked.
 */
public final class Faults {
    private Faults() {}

    /** See {@link FaultsOptions#USAGE}. */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** Returns the exit status. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        if (arguments.contains("--help")) {
            out.println(FaultsOptions.USAGE);
            return 0;
        }
        try {
            FaultsOptions options = FaultsOptions.parse(arguments);
            FaultRun run = prepared(options, out);
            return run(run, options.markdown(), out, err);
        } catch (IllegalArgumentException | IOException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    /** Only with the faults that are wanted. */
    static FaultRun prepared(FaultsOptions options, PrintStream out) {
        List<Fault> onNew =
                Stream.of(MigrationKills.FAULT).filter(options::wants).toList();
        List<Fault> kinds = Kinds.all().stream().filter(options::wants).toList();
        if (onNew.isEmpty() && kinds.isEmpty()) {
            throw new IllegalArgumentException("faults: --only takes what is found in a fault's name, not "
                    + options.only() + "\nSee docs/reliability.md for the names");
        }
        return new FaultRun(options.seed(), Duration.ofMinutes(options.minutes()), onNew, kinds, out);
    }

    /** What was found is told also when the run ends before its time. */
    private static int run(FaultRun run, @Nullable Path markdown, PrintStream out, PrintStream err)
            throws IOException, InterruptedException {
        boolean complete = false;
        try {
            run.run();
            complete = true;
        } catch (IllegalStateException | StackException | IOException | SQLException e) {
            err.println("The run ended before its time: " + e);
        } finally {
            out.print(run.report().text());
        }
        FaultsReport report = run.report();
        if (markdown != null) {
            Files.writeString(markdown, report.markdown());
        }
        return report.exitStatus(complete);
    }
}
