package dev.holdfast.bench;

import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.LocalStack;
import dev.holdfast.localstack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A stack of its own that is started for a comparison, and what was measured of it so far. */
final class ComparedStack implements AutoCloseable {
    private final LocalStack stack;
    private final Screen screen;
    private final Map<String, Double> firstAnswers = new LinkedHashMap<>();
    private final List<Report> turns = new ArrayList<>();
    private final List<Report> slowTurns = new ArrayList<>();

    /**
     * Starts it, empty; services start one after another, as often as their start is measured.
     *
     * @param applications where each service is packaged
     */
    ComparedStack(Path directory, StackSettings settings, Function<String, Path> applications, Screen screen)
            throws IOException {
        LocalStack.eraseIn(directory);
        stack = new LocalStack(directory, settings, applications);
        this.screen = screen;
        // Also where it does not come up, or somebody ends the comparison.
        Runtime.getRuntime().addShutdownHook(new Thread(stack::stop, "stop-stack"));
        stack.start(screen::say);
        for (LocalService service : stack.services()) {
            firstAnswers.put(service.name(), FirstAnswer.milliseconds(service));
        }
    }

    /** One more turn of the closed loop. */
    void turn(BenchOptions options, Duration warmUp) throws IOException, SQLException, InterruptedException {
        turns.add(measure(options.turn(0, warmUp)));
    }

    /** Orders that come one by one, to see how long each takes then. */
    void slowTurn(BenchOptions options, double ratePerSecond, Duration warmUp)
            throws IOException, SQLException, InterruptedException {
        slowTurns.add(measure(options.turn(ratePerSecond, warmUp)));
    }

    private Report measure(BenchOptions options) throws IOException, SQLException, InterruptedException {
        return Bench.measure(options, RunningStack.of(stack.environment()), screen);
    }

    boolean sound() {
        return Stream.concat(turns.stream(), slowTurns.stream()).allMatch(Report::sound);
    }

    double firstAnswer(String service) {
        return firstAnswers.getOrDefault(service, Double.NaN);
    }

    /** Before any load. */
    double idleBytes(String process) {
        return turns.getFirst().median().cost(process).idleBytes();
    }

    /** The most that was seen. */
    double loadedBytes(String process) {
        return turns.stream()
                .mapToLong(turn -> turn.median().cost(process).loadedBytes())
                .max()
                .orElseThrow();
    }

    /** The median over the turns of the closed loop. */
    double median(ToDoubleFunction<Run> figure) {
        return median(turns, figure);
    }

    /** The same of the turns at a low rate. */
    double slowMedian(ToDoubleFunction<Run> figure) {
        return median(slowTurns, figure);
    }

    private static double median(List<Report> reports, ToDoubleFunction<Run> figure) {
        return Medians.of(reports.stream()
                .mapToDouble(report -> figure.applyAsDouble(report.median()))
                .toArray());
    }

    /** Files of this size are what a container has beside its base. */
    static long bytes(Path files) throws IOException {
        try (Stream<Path> all = Files.walk(files)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Override
    public void close() {
        stack.stop();
    }
}
