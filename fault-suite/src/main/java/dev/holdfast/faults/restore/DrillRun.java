package dev.holdfast.faults.restore;

import dev.holdfast.faults.MissedException;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.PostgresBackup.Moment;
import dev.holdfast.localstack.StackProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;

/**
 * Loses both databases of a stack of its own, and brings it back twice: with the orders of an earlier moment than the
 * payments and all messages still on the broker, then the other way round with an empty broker.
 */
final class DrillRun {
    static {
        // Else the JDK warns of Netty's use of sun.misc.Unsafe, in the middle of what is told.
        System.setProperty("io.netty.noUnsafe", "true");
    }

    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final long seed;
    private final Duration part;
    private final Map<String, String> settings;
    private final PrintStream out;
    private final Map<String, Long> named = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();

    /**
     * @param part a quarter of the time for which there are customers
     * @param settings of order-service on restored databases, beside its own
     * @param out is told what happens, line by line
     */
    DrillRun(long seed, Duration part, Map<String, String> settings, PrintStream out) {
        this.seed = seed;
        this.part = part;
        this.settings = settings;
        this.out = out;
    }

    /** @throws MissedException when the runbook does not lead to a clean audit */
    void run() throws IOException, SQLException, InterruptedException, TimeoutException, MissedException {
        say("Seed " + seed);
        try (StackUnderTest stack = StackUnderTest.start(1, this::say)) {
            Path backups = stack.data().resolve("backups");
            Disaster disaster = Disaster.of(stack, seed, part, backups, this::say);
            recover(stack, disaster, disaster.early(), disaster.late(), true);
            stack.services().forEach(StackProcess::kill);
            recover(stack, disaster, disaster.late(), disaster.early(), false);
        }
    }

    private void recover(StackUnderTest stack, Disaster disaster, Moment orders, Moment payments, boolean messages)
            throws IOException, SQLException, InterruptedException, TimeoutException, MissedException {
        long begun = System.nanoTime();
        say("Restoring orders to " + orders.time() + ", payments to " + payments.time());
        Path directory = stack.data().resolve("restored-" + begun);
        try (LocalPostgres ordersServer = disaster.backup().restore(orders, directory.resolve("orders"));
                LocalPostgres paymentsServer = disaster.backup().restore(payments, directory.resolve("payments"))) {
            say("  both databases are there after " + Disaster.secondsSince(begun) + " s");
            Recovery recovery = new Recovery(stack, disaster, ordersServer, paymentsServer, begun, settings, this::say);
            recovery.emptyBroker();
            if (messages) {
                disaster.publishMessages(stack);
            }
            Recovery.Outcome outcome = recovery.run();
            outcome.named().forEach((kind, count) -> named.merge(kind, count, Math::max));
            violations.addAll(outcome.violations());
            say("  all is checked after " + Disaster.secondsSince(begun) + " s, "
                    + outcome.violations().size() + " promises broken");
        }
    }

    /** The discrepancies that the audit has named, the most at once of each kind. */
    Map<String, Long> named() {
        return named;
    }

    List<Violation> violations() {
        return violations;
    }

    private void say(String what) {
        out.println(TIME_OF_DAY.format(LocalTime.now()) + " " + what);
    }
}
