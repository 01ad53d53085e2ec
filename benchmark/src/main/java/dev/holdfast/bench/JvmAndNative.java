package dev.holdfast.bench;

import dev.holdfast.localstack.LocalStack;
import dev.holdfast.localstack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Two stacks on one machine, one on the JVM and one of native binaries, that take turns under the same load, so that whatever
 * else the machine does slows both.
 */
final class JvmAndNative {
    private static final String CHECKOUT = "HOLDFAST_CHECKOUT";
    private static final Duration LATER_WARM_UP = Duration.ofSeconds(5);
    private static final double LOW_RATE_PER_SECOND = 20;
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final List<Service> SERVICES = List.of(
            new Service("gateway-service", "gateway"),
            new Service("order-service", "orders"),
            new Service("payment-service", "payments"));

    /** @param process what the report calls its process */
    private record Service(String name, String process) {}

    private final Path checkout;
    private final ComparedStack jvm;
    private final ComparedStack binaries;
    private final Screen screen;

    private JvmAndNative(Path checkout, ComparedStack jvm, ComparedStack binaries, Screen screen) {
        this.checkout = checkout;
        this.jvm = jvm;
        this.binaries = binaries;
        this.screen = screen;
    }

    /**
     * @param environment names the checkout whose packaged services are compared
     * @return whether all invariants hold in both, and no order is lost
     */
    static boolean run(BenchOptions options, Map<String, String> environment, Screen screen)
            throws IOException, SQLException, InterruptedException {
        String given = environment.get(CHECKOUT);
        if (given == null) {
            throw new IllegalArgumentException("bench: " + CHECKOUT + " is not set, as ./holdfast bench --native does");
        }
        Path checkout = Path.of(given);
        Path state = checkout.resolve(".holdfast").resolve("bench");
        try (ComparedStack jvm = new ComparedStack(
                        state.resolve("jvm"),
                        StackSettings.besideOthers(environment),
                        LocalStack.packagedIn(checkout),
                        screen);
                ComparedStack binaries = new ComparedStack(
                        state.resolve("native"),
                        StackSettings.besideOthers(environment),
                        service -> checkout.resolve(service).resolve("target"),
                        screen)) {
            JvmAndNative comparison = new JvmAndNative(checkout, jvm, binaries, screen);
            comparison.takeTurns(options);
            comparison.print(options);
            return jvm.sound() && binaries.sound();
        }
    }

    private void takeTurns(BenchOptions options) throws IOException, SQLException, InterruptedException {
        for (int turn = 1; turn <= options.repeats(); turn++) {
            Duration warmUp = turn == 1 ? options.warmUp() : LATER_WARM_UP;
            screen.say("turn %d of %d: JVM", turn, options.repeats());
            jvm.turn(options, warmUp);
            screen.say("turn %d of %d: native", turn, options.repeats());
            binaries.turn(options, warmUp);
        }
        screen.say("%.0f orders a second: JVM, then native", LOW_RATE_PER_SECOND);
        jvm.slowTurn(options, LOW_RATE_PER_SECOND, LATER_WARM_UP);
        binaries.slowTurn(options, LOW_RATE_PER_SECOND, LATER_WARM_UP);
    }

    private void print(BenchOptions options) throws IOException {
        row("", "JVM", "native");
        for (Service service : SERVICES) {
            String name = service.name();
            String process = service.process();
            row(name + ": first answer, ms", "%.0f", stack -> stack.firstAnswer(name));
            row(name + ": idle, MB", "%.0f", stack -> stack.idleBytes(process) / BYTES_PER_MEGABYTE);
            row(name + ": loaded, MB", "%.0f", stack -> stack.loadedBytes(process) / BYTES_PER_MEGABYTE);
            row(name + ": on disk, MB", megabytes(jars(name)), megabytes(binary(name)));
        }
        row("completed/s", "%.0f", stack -> stack.median(Run::completedPerSecond));
        row("of the limit of the same turn, %", "%.0f", stack -> stack.median(JvmAndNative::percentOfLimit));
        row("CPU-s per 1,000 orders", "%.2f", stack -> stack.median(Run::cpuSecondsPer1000Orders));
        row("the same of the services alone", "%.2f", stack -> stack.median(JvmAndNative::cpuOfServices));
        row("POST p50, ms", "%.1f", stack -> stack.median(run -> post(run).p50()));
        row("POST p99, ms", "%.1f", stack -> stack.median(run -> post(run).p99()));
        row(
                "at 20/s: POST p50, ms",
                "%.1f",
                stack -> stack.slowMedian(run -> post(run).p50()));
        row(
                "at 20/s: POST p99, ms",
                "%.1f",
                stack -> stack.slowMedian(run -> post(run).p99()));
        row("at 20/s: POST to its end, p50, ms", "%.1f", stack -> stack.slowMedian(run -> end(run).p50()));
        row("at 20/s: POST to its end, p99, ms", "%.1f", stack -> stack.slowMedian(run -> end(run).p99()));
        screen.say(
                "%d connections, medians of %d turns of %d s; first answers: medians of 3 starts, one service at a time",
                options.connections(), options.repeats(), options.measured().toSeconds());
        screen.say(
                jvm.sound() && binaries.sound()
                        ? "invariants I1 to I6 hold in both, and one order per key (I7)"
                        : "VIOLATIONS of the invariants");
    }

    private void row(String name, String format, ToDoubleFunction<ComparedStack> figure) {
        row(
                name,
                String.format(Locale.ROOT, format, figure.applyAsDouble(jvm)),
                String.format(Locale.ROOT, format, figure.applyAsDouble(binaries)));
    }

    private void row(String name, String onJvm, String ofBinaries) {
        screen.say("%-40s %10s %10s", name, onJvm, ofBinaries);
    }

    private static double percentOfLimit(Run run) {
        Double share = run.completedOfLimit();
        return share == null ? Double.NaN : share * 100;
    }

    private static double cpuOfServices(Run run) {
        return SERVICES.stream()
                .mapToDouble(service -> run.cost(service.process()).cpuSecondsPer1000Orders())
                .sum();
    }

    private static Quantiles post(Run run) {
        return run.latency("post");
    }

    private static Quantiles end(Run run) {
        return run.latency("post_to_terminal_stored");
    }

    private Path jars(String service) {
        return LocalStack.packagedIn(checkout).apply(service);
    }

    private Path binary(String service) throws IOException {
        try (Stream<Path> files = Files.list(checkout.resolve(service).resolve("target"))) {
            return files.filter(file -> file.toString().endsWith("-runner"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String megabytes(Path files) throws IOException {
        return String.format(Locale.ROOT, "%.0f", ComparedStack.bytes(files) / BYTES_PER_MEGABYTE);
    }
}
