package dev.holdfast.system.faults;

import dev.holdfast.localstack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The command {@code ./holdfast faults}.
 *
 * <p>Exit status: 0 when every promise was kept, 1 when not, 2 when it could not be run.
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
            FaultsReport report = new FaultRun(options.seed(), time, kinds, out).run();
            out.print(report.text());
            if (options.markdown().isPresent()) {
                Files.writeString(options.markdown().get(), report.markdown());
            }
            return report.sound() ? 0 : 1;
        } catch (IllegalArgumentException | IllegalStateException | StackException | IOException | SQLException e) {
            err.println(e.getMessage());
            return 2;
        }
    }
}
