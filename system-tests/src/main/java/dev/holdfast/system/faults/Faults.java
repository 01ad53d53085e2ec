package dev.holdfast.system.faults;

import dev.holdfast.localstack.StackException;
import dev.holdfast.localstack.StackProcess;
import dev.holdfast.system.load.Customers;
import dev.holdfast.system.load.Load;
import dev.holdfast.system.load.LoadGenerator;
import dev.holdfast.system.load.LoadPlan;
import dev.holdfast.system.load.RunningLoad;
import dev.holdfast.system.load.Terminals;
import dev.holdfast.system.stack.StackUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Breaks a stack of its own under load: in each round the broker is stopped and started, and each service killed. Then
 * all heals, and the orders are counted.
 *
 * <p>Exit status: 0 when no order is stuck, lost or charged twice and the invariants hold, 1 when not, 2 when it could
 * not be run.
 */
public final class Faults {
    private static final BigDecimal BALANCE = new BigDecimal("1000000.00");
    private static final int USERS = 64;
    private static final int CONNECTIONS = 64;
    /** Between a process' return and the next fault. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final Duration LONGEST_ROUND = Duration.ofMinutes(5);
    private static final Duration QUIET_DEADLINE = Duration.ofMinutes(3);

    private final FaultsOptions options;
    private final StackUnderTest stack;
    private final PrintStream out;
    private final Map<String, Integer> faults = new TreeMap<>();

    private Faults(FaultsOptions options, StackUnderTest stack, PrintStream out) {
        this.options = options;
        this.stack = stack;
        this.out = out;
    }

    /** See {@link FaultsOptions#USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    private static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        if (arguments.contains("--help")) {
            out.println(FaultsOptions.USAGE);
            return 0;
        }
        try {
            FaultsOptions options = FaultsOptions.parse(arguments);
            try (StackUnderTest stack = StackUnderTest.start(out::println)) {
                FaultsReport report = new Faults(options, stack, out).measure();
                out.print(report.text());
                return report.sound() ? 0 : 1;
            }
        } catch (IllegalArgumentException | IllegalStateException | StackException | IOException | SQLException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    private FaultsReport measure() throws IOException, SQLException, InterruptedException {
        List<UUID> users = Customers.open(stack.gateway(), USERS, BALANCE);
        Duration longest = LONGEST_ROUND.multipliedBy(options.rounds());
        LoadPlan plan = new LoadPlan(stack.gateway(), users, CONNECTIONS, options.ratePerSecond(), 0, longest, true);
        Load load;
        try (LoadGenerator generator = new LoadGenerator()) {
            RunningLoad running = generator.start(plan, accepted -> {});
            for (int round = 1; round <= options.rounds(); round++) {
                breakEverythingOnce(round);
            }
            load = running.stop();
        }
        Duration quiet = awaitQuiet();
        Map<String, Long> orders =
                new LinkedHashMap<>(Terminals.of(load, stack.ordersDatabase()).byStatus());
        BigDecimal gone = BALANCE.multiply(BigDecimal.valueOf(USERS))
                .subtract(number(stack.paymentsDatabase().open(), "select sum(balance) from account"));
        BigDecimal owed = number(
                stack.ordersDatabase().open(), "select coalesce(sum(amount), 0) from orders where status = 'FINISHED'");
        return new FaultsReport(
                faults,
                new TreeMap<>(load.answers()),
                orders,
                number(stack.paymentsDatabase().open(), """
                                select count(*) from (
                                    select order_id from transfer where kind = 'CAPTURE'
                                    group by order_id having count(*) > 1) as twice""").longValue(),
                gone.subtract(owed),
                quiet.toMillis() / 1e3,
                stack.invariants().check());
    }

    private void breakEverythingOnce(int round) throws InterruptedException {
        doOnce(round, "broker bounced", () -> stack.brokerProcess().restart());
        for (StackProcess service : List.of(stack.ordersProcess(), stack.paymentsProcess(), stack.gatewayProcess())) {
            doOnce(round, service.name() + " killed", () -> {
                service.kill();
                service.start();
            });
        }
    }

    private void doOnce(int round, String fault, Runnable what) throws InterruptedException {
        long start = System.nanoTime();
        what.run();
        faults.merge(fault, 1, Integer::sum);
        out.printf(
                "round %d of %d: %s, back after %.1f s%n",
                round, options.rounds(), fault, (System.nanoTime() - start) / 1e9);
        Thread.sleep(CALM);
    }

    /** What is still under way at the deadline is counted as stuck, and named by the invariants. */
    private Duration awaitQuiet() throws InterruptedException {
        try {
            return stack.quiescence().await(QUIET_DEADLINE);
        } catch (IllegalStateException notQuiet) {
            out.println(notQuiet.getMessage());
            return QUIET_DEADLINE;
        }
    }

    private static BigDecimal number(Connection opened, String sql) throws SQLException {
        try (Connection connection = opened;
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBigDecimal(1);
        }
    }
}
