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
import java.util.ArrayList;
import java.util.Collections;
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
        List<Migrating> services = new ArrayList<>(List.of(
                new Migrating(stack.ordersReplicas(), stack.ordersDatabase()),
                new Migrating(stack.paymentsReplicas(), stack.paymentsDatabase())));
        List<LocalService> all =
                services.stream().flatMap(each -> each.replicas.stream()).toList();
        Moment.sideBySide(all, LocalService::stop);
        for (Migrating each : services) {
            each.empty();
        }
        for (int kill = 0; kill < KILLS; kill++) {
            Collections.shuffle(services, random);
            CompletableFuture<Void> starts =
                    CompletableFuture.runAsync(() -> Moment.sideBySide(all, MigrationKills::startInVain));
            for (Migrating each : services) {
                each.killOnceConnected(stack.superuserDatabase(), random);
            }
            starts.join();
        }
        return () -> Moment.sideBySide(all, LocalService::start);
    }

    private static void startInVain(LocalService service) {
        try {
            service.start();
        } catch (StackException killed) {
            // As was meant.
        }
    }

    /** One service, with a database that it makes its tables in. */
    private record Migrating(List<LocalService> replicas, Database database) {
        void empty() throws SQLException {
            try (Connection connection = database.open();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop schema public cascade");
                statement.execute("create schema public");
            }
        }

        void killOnceConnected(Database superuser, Random random) throws Exception {
            try (Connection connection = superuser.open()) {
                Moment.await(START_LIMIT, () -> isConnected(connection));
            }
            Thread.sleep(Duration.ofMillis(random.nextInt(LONGEST_MIGRATION_MILLIS)));
            replicas.forEach(LocalService::kill);
        }

        private boolean isConnected(Connection superuser) throws SQLException {
            try (Statement statement = superuser.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select exists (select from pg_stat_activity where usename = '" + database.name() + "')")) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
