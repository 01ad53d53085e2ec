package dev.holdfast.system.faults;

import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.StackException;
import dev.holdfast.system.faults.Fault.Mending;
import dev.holdfast.system.invariants.Database;
import dev.holdfast.system.stack.StackUnderTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Services that are killed while they make their tables; only for a stack that nobody has used yet. */
final class MigrationKills {
    static final Fault FAULT = Fault.of("kill -9 during Flyway's migration at start", 0, 0, MigrationKills::inject)
            .atTheDoor();

    private static final int KILLS = 2;
    /** From the first connection to the database until all tables are there, and a little more. */
    private static final int LONGEST_MIGRATION_MILLIS = 1_200;

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private MigrationKills() {}

    private static Mending inject(StackUnderTest stack, Random random) throws Exception {
        empty(stack.ordersReplicas(), stack.ordersDatabase());
        empty(stack.paymentsReplicas(), stack.paymentsDatabase());
        for (int kill = 0; kill < KILLS; kill++) {
            killAtStart(stack, stack.ordersReplicas(), "orders", random);
            killAtStart(stack, stack.paymentsReplicas(), "payments", random);
        }
        return () -> {
            Moment.sideBySide(stack.paymentsReplicas(), LocalService::start);
            Moment.sideBySide(stack.ordersReplicas(), LocalService::start);
        };
    }

    private static void empty(List<LocalService> replicas, Database database) throws SQLException {
        Moment.sideBySide(replicas, LocalService::stop);
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema public cascade");
            statement.execute("create schema public");
        }
    }

    private static void killAtStart(StackUnderTest stack, List<LocalService> replicas, String role, Random random)
            throws Exception {
        CompletableFuture<Void> starts =
                CompletableFuture.runAsync(() -> Moment.sideBySide(replicas, MigrationKills::startInVain));
        try (Connection superuser = stack.superuserDatabase().open()) {
            Moment.await(START_LIMIT, () -> isConnected(superuser, role));
        }
        Thread.sleep(Duration.ofMillis(random.nextInt(LONGEST_MIGRATION_MILLIS)));
        replicas.forEach(LocalService::kill);
        starts.join();
    }

    private static void startInVain(LocalService service) {
        try {
            service.start();
        } catch (StackException killed) {
            // As was meant.
        }
    }

    private static boolean isConnected(Connection superuser, String role) throws SQLException {
        try (Statement statement = superuser.createStatement();
                ResultSet row = statement.executeQuery(
                        "select exists (select from pg_stat_activity where usename = '" + role + "')")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
