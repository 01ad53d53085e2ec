package dev.holdfast.delivery.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localstack.LocalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations of several replicas that start at once, on tables that others use. */
class OnlineMigrationsIT {
    private static final String DATABASE = "orders";
    /** What the services' own statements have. */
    private static final String LIMITS = "?options=-c%20statement_timeout=5s%20-c%20lock_timeout=2s";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static LocalPostgres postgres;

    @BeforeAll
    static void start(@TempDir Path directory) {
        postgres = LocalPostgres.start(directory, 0);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void emptyDatabase() throws SQLException {
        execute("drop schema public cascade");
        execute("create schema public");
    }

    @Test
    void replicasThatStartAtOnceBuildIndexesConcurrentlyWhileATransactionHoldsTheTable() throws Exception {
        migrate("1");
        try (Connection writer = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            writer.setAutoCommit(false);
            write(writer);
            List<Future<?>> replicas = Stream.<Runnable>generate(() -> () -> migrate("latest"))
                    .limit(3)
                    .<Future<?>>map(threads::submit)
                    .toList();
            await().atMost(LIMIT).until(() -> isWaitingForTheWriter());
            // Longer than the limits of the services' own statements, in which others go on writing.
            await().pollDelay(Duration.ofSeconds(6)).atMost(LIMIT).until(() -> isWaitingForTheWriter());
            try (Connection other = open()) {
                write(other);
            }
            writer.commit();
            for (Future<?> replica : replicas) {
                replica.get();
            }
        }
        assertThat(query("select count(*) from pg_index where indrelid = 'counted'::regclass and indisvalid"))
                .isEqualTo("2");
        assertThat(query("select count(*) from flyway_schema_history where success"))
                .isEqualTo("3");
    }

    @Test
    void aBuildThatFailedIsMadeAgainByTheNextStart() throws Exception {
        migrate("1");
        // Twice the same: the unique index cannot be built, and is left behind invalid.
        execute("insert into counted values (1, 'again')");
        assertThatThrownBy(() -> migrate("latest")).hasMessageContaining("counted_by_n");
        assertThat(query("select count(*) from pg_index where not indisvalid")).isEqualTo("1");

        execute("delete from counted where t = 'again'");
        migrate("latest");

        assertThat(query("select count(*) from pg_index where not indisvalid")).isEqualTo("0");
        assertThat(query("select count(*) from flyway_schema_history where success"))
                .isEqualTo("3");
    }

    @Test
    void aBuildThatWasKilledIsMadeAgainByTheNextStart() throws Exception {
        migrate("1");
        try (Connection writer = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            writer.setAutoCommit(false);
            write(writer);
            Future<?> replica = threads.submit(() -> migrate("latest"));
            await().atMost(LIMIT).until(() -> isWaitingForTheWriter());
            execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'create unique index%'");
            assertThatThrownBy(replica::get).isNotNull();
            writer.commit();
        }
        migrate("latest");
        assertThat(query("select count(*) from pg_index where not indisvalid")).isEqualTo("0");
        assertThat(query("select count(*) from flyway_schema_history where success"))
                .isEqualTo("3");
    }

    @Test
    void aReplicaOfTheLastVersionStartsBesideTheMigrationsOfTheNext(@TempDir Path next) throws Exception {
        // One that is behind the last file of this version, as those of a service are, and one that is before it.
        Files.writeString(next.resolve("V1_1__between.sql"), "create table between_them (n bigint)");
        Files.writeString(next.resolve("V9__later.sql"), "create table later (n bigint)");
        migrate("latest", "classpath:db/concurrent", "filesystem:" + next);

        migrate("latest");

        assertThat(query("select count(*) from flyway_schema_history where success"))
                .isEqualTo("5");
    }

    @Test
    void aMigrationThatDoesNotGetItsLockSoonLetsTheOthersPassAndIsMadeByTheNextStart(@TempDir Path next)
            throws Exception {
        migrate("1");
        Files.writeString(next.resolve("V2__one_more.sql"), "alter table counted add column one_more text");
        try (Connection reader = open()) {
            reader.setAutoCommit(false);
            try (Statement statement = reader.createStatement()) {
                statement.execute("select count(*) from counted");
            }
            long start = System.nanoTime();
            assertThatThrownBy(() -> migrate("latest", "filesystem:" + next)).hasStackTraceContaining("lock timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
        migrate("latest", "filesystem:" + next);
        assertThat(query("select count(*) from counted where one_more is not null"))
                .isEqualTo("0");
    }

    @Test
    void theAuditHasWhatWasDoneWithDeadLettersBeforeItWasThere() throws Exception {
        migrate("0.4", "classpath:db/delivery");
        execute("insert into dead_letter_audit (operator, act, dead_letter_id, queue, reason, note)"
                + " values ('anna', 'DISCARD', gen_random_uuid(), 'payment_requests', 'a reason', 'a note')");

        migrate("latest", "classpath:db/delivery");

        assertThat(query("select count(*) from audit_record join dead_letter_audit using (id, at)"
                        + " where subject = operator and not proven and action = 'discard' and result = 'DONE'"
                        + " and object_id = dead_letter_id and details->>'queue' = queue and details->>'note' = note"))
                .isEqualTo("1");
    }

    private static void migrate(String target) {
        migrate(target, "classpath:db/concurrent");
    }

    private static void migrate(String target, String... locations) {
        FluentConfiguration flyway = Flyway.configure()
                .dataSource(
                        postgres.jdbcUrl(DATABASE) + LIMITS,
                        postgres.owner(DATABASE),
                        postgres.password(postgres.owner(DATABASE)))
                .locations(locations)
                .target(target)
                .placeholders(Map.of("service_role", postgres.user(DATABASE)))
                // As Quarkus does.
                .ignoreMigrationPatterns(new String[0]);
        new OnlineMigrations().customize(flyway);
        flyway.load().migrate();
    }

    private static boolean isWaitingForTheWriter() throws SQLException {
        return "t"
                .equals(query("select exists (select from pg_stat_activity where query like 'create unique index%'"
                        + " and wait_event_type = 'Lock')"));
    }

    private static void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into counted values (cast(random() * 1e15 as bigint) + 100000, 'new')");
        }
    }

    private static Connection open() throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(DATABASE), postgres.owner(DATABASE), postgres.password(postgres.owner(DATABASE)));
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String sql) throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
