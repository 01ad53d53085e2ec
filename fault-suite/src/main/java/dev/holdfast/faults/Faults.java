package dev.holdfast.faults;

import dev.holdfast.localstack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The command {@code ./holdfast faults}.
 *
 * <p>Exit status: 0 when every promise was kept, 1 when not or when a fault did not come about, 2 when it could not be run.
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
            List<Fault> kinds = Kinds.all().stream()
                    .filter(fault -> options.only().matcher(fault.name()).find())
                    .toList();
            if (kinds.isEmpty()) {
                throw new IllegalArgumentException("faults: in no fault's name " + options.only() + " is found");
            }
            Duration time = Duration.ofMinutes(options.minutes());
            return run(new FaultRun(options.seed(), time, kinds, out), options.markdown(), out, err);
        } catch (IllegalArgumentException | IOException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    /** What was found is told also when the run ends before its time. */
    private static int run(FaultRun run, Optional<Path> markdown, PrintStream out, PrintStream err)
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
        if (markdown.isPresent()) {
            Files.writeString(markdown.get(), report.markdown());
        }
        if (!report.sound()) {
            return 1;
        }
        return complete ? 0 : 2;
    }
}
