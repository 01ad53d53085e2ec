package dev.holdfast.faults;

import dev.holdfast.faults.stack.StackShape;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Goes through all faults, round after round, until the time is over or a promise is found broken. */
final class FaultRun {
    static {
        // Else the JDK warns of Netty's use of sun.misc.Unsafe, in the middle of what is told.
        System.setProperty("io.netty.noUnsafe", "true");
    }

    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final long seed;
    private final Random random;
    private final Duration time;
    private final List<Fault> onNew;
    private final List<Fault> kinds;
    private final PrintStream out;
    private final Tally tally;
    private final long start = System.nanoTime();
    /** When the first batch began; what comes before it, such as the start of a stack, costs none of the time. */
    private @Nullable Long firstBatchNanos;

    /**
     * @param time no fault is begun when it has passed since the first batch began, and none that alone would take more than a
     *     fifth of it
     * @param onNew done to each stack before anybody has used it
     * @param kinds those that may come under load
     * @param out is told what happens, line by line
     * @throws IllegalArgumentException with a message for the user, when the time is too short for all of them
     */
    FaultRun(long seed, Duration time, List<Fault> onNew, List<Fault> kinds, PrintStream out) {
        this.seed = seed;
        this.random = new Random(seed);
        this.time = time;
        this.kinds = kinds.stream()
                .filter(fault -> fault.shortest().multipliedBy(5).compareTo(time) <= 0)
                .toList();
        if (this.kinds.isEmpty() && !kinds.isEmpty()) {
            throw new IllegalArgumentException("faults: each of these faults takes more than a fifth of "
                    + time.toMinutes() + " minutes; give it more by --minutes");
        }
        this.onNew = onNew;
        this.out = out;
        this.tally = new Tally(Stream.concat(onNew.stream(), kinds.stream()).toList(), this::say);
    }

    /** Round after round, each with every kind once. */
    void run() throws IOException, SQLException, InterruptedException {
        say("Seed " + seed);
        for (int round = 0; goesOn(); round++) {
            for (Stage stage : Stage.round(round, kinds, random)) {
                if (goesOn()) {
                    run(stage, onNew);
                }
            }
        }
    }

    /** What has come of it so far. */
    FaultsReport report() {
        return tally.report(seed, since(start));
    }

    /** Every kind once, on a stack of this shape that has made its tables. */
    FaultsReport runOnceOn(StackShape shape) throws IOException, SQLException, InterruptedException {
        say("Seed " + seed);
        run(Stage.on(shape, kinds, random), List.of());
        return report();
    }

    private boolean goesOn() {
        return tally.keptAllPromises()
                && (firstBatchNanos == null || since(firstBatchNanos).compareTo(time) < 0);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** @param onNew only for a stack that nobody has used yet */
    private void run(Stage stage, List<Fault> onNew) throws IOException, SQLException, InterruptedException {
        say("A new stack with " + stage.shape().replicas() + " of order-service and of payment-service each");
        try (StackUnderTest stack = StackUnderTest.start(stage.shape(), this::say);
                Probe probe = new Probe(stack.gatewayThroughProxy(), stack.tokens())) {
            BrokenStack broken = new BrokenStack(stack, probe, random, tally, this::say);
            for (Fault fault : onNew) {
                broken.run(fault);
            }
            for (List<Fault> batch : stage.batches()) {
                if (goesOn()) {
                    if (firstBatchNanos == null) {
                        firstBatchNanos = System.nanoTime();
                    }
                    broken.runUnderLoad(batch, this::goesOn);
                }
            }
            tally.ordersOfAStack(ordersByStatus(stack));
        }
    }

    private static Map<String, Long> ordersByStatus(StackUnderTest stack) throws SQLException {
        return stack.ordersDatabase().texts("select status || ' ' || count(*) from orders group by status").stream()
                .map(row -> row.split(" "))
                .collect(Collectors.toMap(row -> row[0], row -> Long.valueOf(row[1])));
    }

    private void say(String what) {
        out.println(TIME_OF_DAY.format(LocalTime.now()) + " " + what);
    }
}
