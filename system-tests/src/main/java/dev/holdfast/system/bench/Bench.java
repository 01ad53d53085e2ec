package dev.holdfast.system.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.system.invariants.BrokerQueues;
import dev.holdfast.system.invariants.Database;
import dev.holdfast.system.invariants.Invariants;
import dev.holdfast.system.invariants.Quiescence;
import dev.holdfast.system.limit.Limit;
import dev.holdfast.system.limit.LimitMeasurement;
import dev.holdfast.system.load.Customers;
import dev.holdfast.system.load.Load;
import dev.holdfast.system.load.LoadGenerator;
import dev.holdfast.system.load.LoadPlan;
import dev.holdfast.system.load.Terminals;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures a running stack: warm-up, one measured run, drain, then the invariants.
 *
 * <p>Exit status: 0 when all invariants hold, 1 when one is broken or orders were lost, 2 when it could not be measured.
 */
public final class Bench {
    private static final BigDecimal BALANCE = new BigDecimal("1000000000.00");
    private static final Duration QUIET_DEADLINE = Duration.ofMinutes(5);

    private static final Duration LIMIT_WARM_UP = Duration.ofSeconds(5);
    private static final Duration LIMIT_MEASURED = Duration.ofSeconds(15);

    private final BenchOptions options;
    private final RunningStack stack;
    private final PrintStream out;

    private Bench(BenchOptions options, RunningStack stack, PrintStream out) {
        this.options = options;
        this.stack = stack;
        this.out = out;
    }

    /** See {@link BenchOptions#USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    private static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err)
            throws InterruptedException {
        if (arguments.contains("--help")) {
            out.println(BenchOptions.USAGE);
            return 0;
        }
        try {
            BenchOptions options = BenchOptions.parse(arguments);
            Report report = new Bench(options, RunningStack.of(environment), out).measure();
            out.print(report.text());
            if (options.json() != null) {
                Files.writeString(options.json(), json(report));
            }
            return report.sound() ? 0 : 1;
        } catch (IllegalArgumentException | IllegalStateException | IOException | SQLException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    private Report measure() throws IOException, SQLException, InterruptedException {
        URI gateway = options.url() == null ? stack.gateway() : options.url();
        Quiescence quiescence = new Quiescence(stack.orders(), stack.payments(), stack.broker());
        quiescence.await(QUIET_DEADLINE);
        Map<String, Long> deadLettersBefore = stack.broker().depths(BrokerQueues.DEAD_LETTERS);
        out.printf("opening %d accounts%n", options.users());
        List<UUID> users = Customers.open(gateway, options.users(), BALANCE);
        ProcessMeter meter = new ProcessMeter(stack.processes());
        ProcessTree self = new ProcessTree(ProcessHandle.current().pid());
        try (LoadGenerator generator = new LoadGenerator()) {
            if (!options.warmUp().isZero()) {
                generator
                        .start(plan(gateway, users, options.warmUp()), progress("warm-up ", options.warmUp()))
                        .await();
                quiescence.await(QUIET_DEADLINE);
            }
            meter.start();
            double selfBefore = self.cpuSeconds();
            LongConsumer measured = progress("measured", options.measured());
            Load load = generator
                    .start(plan(gateway, users, options.measured()), accepted -> {
                        meter.sample();
                        measured.accept(accepted);
                    })
                    .await();
            double selfCpuSeconds = self.cpuSeconds() - selfBefore;
            Duration drain = quiescence.await(QUIET_DEADLINE);
            Map<String, ProcessCost> costs = meter.costs(load.accepted().size());
            Limit limit = limit(self);
            Terminals terminals = Terminals.of(load, stack.orders());
            Invariants invariants = new Invariants(
                    stack.orders(),
                    stack.payments(),
                    stack.broker(),
                    deadLettersBefore,
                    Invariants.DEFAULT_SWEEP_GRACE);
            return report(load, terminals, drain, costs, selfCpuSeconds, limit, invariants);
        }
    }

    /** While the services are idle; null where it is not asked for or cannot be had. */
    private @Nullable Limit limit(ProcessTree self) throws SQLException, InterruptedException {
        if (!options.limit()) {
            return null;
        }
        Database administration = stack.administration();
        ProcessTree postgres = stack.processes().get(RunningStack.POSTGRES);
        if (administration == null || postgres == null) {
            out.println("no limit is measured: POSTGRES_URL and POSTGRES_PID are not among the variables");
            return null;
        }
        out.printf("limit    %3d s after %d s of warm-up%n", LIMIT_MEASURED.toSeconds(), LIMIT_WARM_UP.toSeconds());
        return new LimitMeasurement(administration, options.users(), postgres::cpuSeconds, self::cpuSeconds)
                .measure(LIMIT_WARM_UP, LIMIT_MEASURED);
    }

    private LoadPlan plan(URI gateway, List<UUID> users, Duration duration) {
        return new LoadPlan(gateway, users, options.connections(), options.ratePerSecond(), duration, false);
    }

    private Report report(
            Load load,
            Terminals terminals,
            Duration drain,
            Map<String, ProcessCost> costs,
            double selfCpuSeconds,
            @Nullable Limit limit,
            Invariants invariants)
            throws SQLException, IOException {
        double seconds = options.measured().toSeconds();
        int accepted = load.accepted().size();
        return new Report(
                options.ratePerSecond() > 0 ? "open loop" : "closed loop",
                options.connections(),
                options.ratePerSecond(),
                options.measured().toSeconds(),
                options.warmUp().toSeconds(),
                new TreeMap<>(load.answers()),
                new TreeMap<>(terminals.byStatus()),
                accepted / seconds,
                terminals.completedInWindow() / seconds,
                drain.toMillis() / 1e3,
                Quantiles.of(load.postMicros()),
                Quantiles.of(terminals.sentToTerminalMicros()),
                Quantiles.of(terminals.storedToTerminalMicros()),
                Quantiles.of(load.seenTerminalMicros()),
                costs,
                selfCpuSeconds * 1_000 / Math.max(1, accepted),
                limit,
                limit == null ? null : terminals.completedInWindow() / seconds / limit.ordersPerSecond(),
                invariants.check());
    }

    private LongConsumer progress(String phase, Duration duration) {
        long start = System.nanoTime();
        return accepted -> {
            long second = Math.min(Duration.ofNanos(System.nanoTime() - start).toSeconds(), duration.toSeconds());
            if (second % 5 == 0 || second == duration.toSeconds()) {
                out.printf("%s %3d of %d s, %d orders%n", phase, second, duration.toSeconds(), accepted);
            }
        };
    }

    private static String json(Report report) throws IOException {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(report);
    }
}
