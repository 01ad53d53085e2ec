package dev.holdfast.faults;

import dev.holdfast.faults.Fault.Mending;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import dev.holdfast.localstack.StackException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Services that are killed while they make their tables; only for a stack that nobody has used yet. */
final class MigrationKills {
    static final Fault FAULT = Fault.of("kill -9 during Flyway's migration at start", 0, 0, MigrationKills::inject)
            .atTheDoor();

    private static final int KILLS = 2;
    private static final int ATTEMPTS = 16;
    /** From the first connection to the database until all tables are there, and a little more; natively it is far less. */
    private static final int LONGEST_MIGRATION_MILLIS = 1_200;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private MigrationKills() {}

    private static Mending inject(StackUnderTest stack, Random random) throws Exception {
        List<Migrating> services = List.of(
                Migrating.of(stack.ordersReplicas(), stack.asOwner(stack.ordersDatabase())),
                Migrating.of(stack.paymentsReplicas(), stack.asOwner(stack.paymentsDatabase())));
        List<LocalService> all =
                services.stream().flatMap(each -> each.replicas.stream()).toList();
        Parallel.forEach(all, LocalService::stop);
        for (Migrating each : services) {
            each.empty();
        }
        int kills = 0;
        int longestMillis = LONGEST_MIGRATION_MILLIS;
        for (int attempt = 0; kills < KILLS; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new MissedException("only " + kills + " of " + ATTEMPTS + " kills hit a migration");
            }
            kill(services, all, stack.superuserDatabase(), random, longestMillis);
            boolean hit = false;
            for (Migrating each : services) {
                if (each.isMigrated()) {
                    each.empty();
                } else {
                    hit = true;
                }
            }
            kills += hit ? 1 : 0;
            longestMillis = hit ? longestMillis : longestMillis * 2 / 3;
        }
        return () -> Parallel.forEach(all, LocalService::start);
    }

    /** Starts all and kills each service at a moment of its own. */
    private static void kill(
            List<Migrating> services, List<LocalService> all, Database superuser, Random random, int longestMillis)
            throws Exception {
        for (Migrating each : services) {
            each.awaitDisconnected(superuser);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> starts = threads.submit(() -> Parallel.forEach(all, MigrationKills::startInVain));
            List<Future<?>> kills = new ArrayList<>();
            for (Migrating each : services) {
                Duration delay = Duration.ofMillis(random.nextInt(longestMillis));
                kills.add(threads.submit(() -> {
                    each.killOnceConnected(superuser, delay);
                    return null;
                }));
            }
            for (Future<?> kill : kills) {
                kill.get();
            }
            starts.get();
        }
        // One that was killed too early has been started after that.
        all.forEach(LocalService::kill);
    }

    private static void startInVain(LocalService service) {
        try {
            service.start();
        } catch (StackException killed) {
            // As was meant.
        }
    }

    /**
     * One service, with a database that it makes its tables in.
     *
     * @param database as the owner of its tables
     * @param migrations how many it has in all
     */
    private record Migrating(List<LocalService> replicas, Database database, long migrations) {
        /** The service must have made all its tables. */
        static Migrating of(List<LocalService> replicas, Database database) throws SQLException {
            return new Migrating(replicas, database, done(database));
        }

        void empty() throws SQLException {
            database.update("drop schema public cascade");
            database.update("create schema public");
        }

        boolean isMigrated() throws SQLException {
            return done(database) >= migrations;
        }

        /** So that no connection from before is taken for one of the service. */
        void awaitDisconnected(Database superuser) throws Exception {
            try (Connection connection = superuser.open()) {
                Moment.await(START_TIMEOUT, () -> !isConnected(connection));
            }
        }

        void killOnceConnected(Database superuser, Duration delay) throws Exception {
            try (Connection connection = superuser.open()) {
                Moment.await(START_TIMEOUT, () -> isConnected(connection));
            }
            Thread.sleep(delay);
            replicas.forEach(LocalService::kill);
        }

        /** How many migrations Flyway has noted as done; 0 before it has made its own table. */
        private static long done(Database database) throws SQLException {
            boolean any = database.count("select count(to_regclass('flyway_schema_history'))") > 0;
            return any ? database.count("select count(*) from flyway_schema_history where success") : 0;
        }

        private boolean isConnected(Connection superuser) throws SQLException {
            try (Statement statement = superuser.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select exists (select from pg_stat_activity where datname = '" + database.name() + "')")) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
