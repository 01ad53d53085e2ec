package dev.holdfast.bench;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Measures a running stack: warm-up, the measured runs, each with its drain and the limit, then the invariants.
 *
 * <p>Exit status: 0 when all invariants hold, 1 when one is broken or orders were lost, 2 when it could not be measured.
 */
public final class Bench {
    private static final BigDecimal BALANCE = new BigDecimal("1000000000.00");
    private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration BACKLOG_TIMEOUT = Duration.ofMinutes(30);

    private final BenchOptions options;
    private final Target target;
    private final Screen screen;

    private Bench(BenchOptions options, Target target, Screen screen) {
        this.options = options;
        this.target = target;
        this.screen = screen;
    }

    /** See {@link BenchOptions#USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    /**
     * @param environment where the stack is, as {@code ./holdfast env} prints it
     * @return the exit status
     */
    public static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err)
            throws InterruptedException {
        if (arguments.contains("--help")) {
            out.println(BenchOptions.USAGE);
            return 0;
        }
        try {
            BenchOptions options = BenchOptions.parse(arguments);
            if (options.besideNative()) {
                return JvmAndNative.run(options, environment, Screen.of(out)) ? 0 : 1;
            }
            Target target = options.url() == null
                    ? RunningStack.of(environment)
                    : new RemoteGateway(options.url(), ClientTokens.of(environment));
            Report report = measure(options, target, Screen.of(out));
            out.print(ReportText.of(report));
            if (options.json() != null) {
                Files.writeString(options.json(), report.json());
            }
            return report.sound() ? 0 : 1;
        } catch (IllegalArgumentException | IllegalStateException | IOException | SQLException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    static Report measure(BenchOptions options, Target target, Screen screen)
            throws IOException, SQLException, InterruptedException {
        return new Bench(options, target, screen).measure();
    }

    private Report measure() throws IOException, SQLException, InterruptedException {
        target.awaitQuiet(List.of(), QUIET_TIMEOUT);
        if (options.filled() > 0) {
            screen.say("writing %d orders that have ended", options.filled());
            target.fill(options.filled());
        }
        screen.say("opening %d accounts", options.users());
        List<UUID> users = Accounts.open(target.gateway(), target.tokens(), options.users(), BALANCE);
        List<Run> runs = new ArrayList<>();
        Backlog backlog = null;
        try (LoadGenerator generator = new LoadGenerator()) {
            Measurement measurement = new Measurement(target, options, screen);
            if (!options.warmUp().isZero()) {
                measurement.warmUp(generator, warmUp(users));
            }
            if (options.backlog() > 0) {
                screen.say("working off %d orders whose payment was not asked for", options.backlog());
                backlog = target.workOff(options.backlog(), users, BACKLOG_TIMEOUT);
            }
            for (int run = 1; run <= options.repeats(); run++) {
                runs.add(measurement.run(generator, plan(users, options.ratePerSecond(), options.measured())));
            }
        }
        return new Report(Workload.of(options, target.gateway()), backlog, runs, target.violations());
    }

    /** The closed loop, where it may: in a slow open loop the JVMs would compile little before the measured run. */
    private LoadPlan warmUp(List<UUID> users) {
        return plan(users, options.url() == null ? 0 : options.ratePerSecond(), options.warmUp());
    }

    private LoadPlan plan(List<UUID> users, double ratePerSecond, Duration duration) {
        return LoadPlan.closedLoop(target.gateway(), target.tokens(), users, options.connections(), duration)
                .atRate(ratePerSecond)
                .withReads(options.readPercent())
                .withActs(options.mixPercent());
    }
}
