package dev.holdfast.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.bench.limit.Limit;
import dev.holdfast.bench.limit.LimitMeasurement;
import dev.holdfast.bench.limit.PostgresCounters;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.invariants.Database;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Puts load on the target, and takes the figures of it. */
final class Measurement {
    private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(5);
    private static final long LIMIT_SECONDS_MIN = 3;
    private static final long LIMIT_SECONDS_MAX = 15;
    private static final OperatingSystemMXBean SELF = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Target target;
    private final @Nullable RunningStack stack;
    private final ProcessMeter meter;
    private final @Nullable LimitMeasurement limit;
    private final Screen screen;

    /** Takes the memory that the target's processes hold now as what they hold when they are idle. */
    Measurement(Target target, BenchOptions options, Screen screen) {
        this.target = target;
        this.stack = target instanceof RunningStack running ? running : null;
        this.meter = new ProcessMeter(stack == null ? Map.of() : stack.processes());
        this.screen = screen;
        this.limit = options.limit() ? limit(options.users()) : null;
    }

    void warmUp(LoadGenerator generator, LoadPlan plan) throws IOException, InterruptedException {
        Progress progress = screen.progress("warm-up", plan.duration());
        Load load = generator.start(plan, progress).await();
        progress.end(load.accepted().size());
        target.awaitQuiet(load.userIds(), QUIET_TIMEOUT);
    }

    Run run(LoadGenerator generator, LoadPlan plan) throws IOException, SQLException, InterruptedException {
        PostgresCounters countersBefore = counters();
        Progress progress = screen.progress("measured", plan.duration());
        Map<String, Long> deliveredBefore =
                stack == null ? Map.of() : stack.deliveries().counted();
        meter.start();
        double generatorBefore = ownCpuSeconds();
        Load load = generator
                .start(plan, accepted -> {
                    meter.sample();
                    progress.accept(accepted);
                })
                .await();
        progress.end(load.accepted().size());
        double generatorCpuSeconds = ownCpuSeconds() - generatorBefore;
        target.awaitQuiet(load.userIds(), QUIET_TIMEOUT);
        Duration drain = load.sinceEnd();
        Map<String, ProcessCost> processes = meter.costs(load.accepted().size());
        PostgresCounters counters = counters();
        Terminals terminals = target.terminals(load);
        Limit measuredLimit = limit == null ? null : measure(limit, plan.duration());

        int accepted = load.accepted().size();
        double seconds = load.duration().toNanos() / 1e9;
        double completedPerSecond = terminals.completedInWindow() / seconds;
        return new Run(
                new TreeMap<>(load.answers()),
                new TreeMap<>(terminals.byStatus()),
                accepted,
                terminals.completedInWindow(),
                accepted / seconds,
                completedPerSecond,
                drain.toMillis() / 1e3,
                milliseconds(load, terminals),
                processes,
                stack == null ? Map.of() : stack.deliveries().since(deliveredBefore),
                processes.values().stream()
                        .mapToDouble(ProcessCost::cpuSecondsPer1000Orders)
                        .sum(),
                generatorCpuSeconds * 1_000 / Math.max(1, accepted),
                generatorCpuSeconds * 100 / seconds,
                counters == null || countersBefore == null
                        ? null
                        : counters.since(countersBefore).perOrder(accepted),
                measuredLimit,
                measuredLimit == null ? null : completedPerSecond / measuredLimit.ordersPerSecond());
    }

    private Limit measure(LimitMeasurement measurement, Duration run) throws SQLException, InterruptedException {
        Duration measured = Duration.ofSeconds(Math.clamp(run.toSeconds() / 2, LIMIT_SECONDS_MIN, LIMIT_SECONDS_MAX));
        Duration warmUp = measured.dividedBy(3);
        Progress progress = screen.progress("limit", warmUp.plus(measured));
        Limit measuredLimit = measurement.measure(warmUp, measured, progress);
        progress.end(measuredLimit.orders());
        return measuredLimit;
    }

    private static Map<String, Quantiles> milliseconds(Load load, Terminals terminals) {
        Map<String, Histogram> micros = new LinkedHashMap<>();
        micros.put("post", load.postMicros());
        micros.put("post_to_terminal_stored", terminals.sentToTerminalMicros());
        micros.put("created_to_terminal_stored", terminals.storedToTerminalMicros());
        micros.put("post_to_terminal_seen", load.seenTerminalMicros());
        micros.putAll(new TreeMap<>(load.otherMicros()));
        Map<String, Quantiles> milliseconds = new LinkedHashMap<>();
        micros.forEach((name, histogram) -> milliseconds.put(name, Quantiles.of(histogram)));
        return milliseconds;
    }

    private @Nullable PostgresCounters counters() throws SQLException, InterruptedException {
        if (stack == null) {
            return null;
        }
        screen.say("waiting %d s until PostgreSQL has counted all", PostgresCounters.REPORTED_WITHIN.toSeconds());
        return stack.counters();
    }

    private @Nullable LimitMeasurement limit(int users) {
        Database administration = stack == null ? null : stack.administration();
        ProcessTree postgres = stack == null ? null : stack.processes().get(RunningStack.POSTGRES);
        if (administration == null || postgres == null) {
            screen.say("The limit is not measured: that needs the local stack with its PostgreSQL");
            return null;
        }
        return new LimitMeasurement(administration, users, postgres::cpuSeconds, Measurement::ownCpuSeconds);
    }

    private static double ownCpuSeconds() {
        return SELF.getProcessCpuTime() / 1e9;
    }
}
