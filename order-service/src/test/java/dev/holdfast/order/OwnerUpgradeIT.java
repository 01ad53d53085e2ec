package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.migration.OnlineMigrations;
import dev.holdfast.localstack.LocalPostgres;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database whose tables belong to the service's role is given an owner, while replicas of that version use it. */
class OwnerUpgradeIT {
    private static final String DATABASE = "orders";
    private static final String OWNER = "orders_owner";
    /** The migrations of the last version without owners. */
    private static final List<String> LAST_VERSION = List.of(
            "db/delivery/V0_1__outbox_and_inbox.sql",
            "db/delivery/V0_2__dead_letters.sql",
            "db/delivery/V0_3__dead_letters_to_replay.sql",
            "db/delivery/V0_4__leases.sql",
            "db/migration/V1__orders.sql",
            "db/migration/V2__reconciliation.sql",
            "db/migration/V3__order_ids.sql",
            "db/migration/V5__accounts_unverified.sql");
    /** Of each table but Flyway's, which replicas of the last version have more rights to. */
    private static final String RIGHTS = """
            select c.relname || ' ' || coalesce(c.relacl::text, '') || coalesce(
                (select string_agg(attname || attacl::text, ' ') from pg_attribute where attrelid = c.oid), '')
              from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
               and c.relname <> 'flyway_schema_history'
            """;
    /** What the last version does with each order, and what only it needed: to lock and to remove. */
    private static final String WORK = """
            begin;
            insert into orders (id, user_id, amount, created_at, updated_at)
                select uuidv7(), uuidv7(), 1, now(), now();
            insert into outbox (event_id, order_id, type, destination, payload)
                select uuidv7(), id, 'payment_requested', 'payment_requests', '' from orders where status = 'NEW' limit 1;
            select * from order_ids_given_up(array[uuidv7()], '1s');
            commit;
            begin;
            insert into inbox (event_id) values (uuidv7());
            select id from orders where status = 'NEW' order by id limit 1 for update skip locked;
            with ended as (
                update orders set status = 'FINISHED', updated_at = now()
                 where id = (select id from orders where status = 'NEW' order by id limit 1) returning id)
            insert into order_event (order_id, type, occurred_at) select id, 'FINISHED', now() from ended;
            update outbox set sent_at = now() where sent_at is null;
            delete from inbox where received_at < now() - interval '1 second';
            commit
            """;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void keepsDataAndRightsWhileReplicasOfTheLastVersionServeAndStart(@TempDir Path folder, @TempDir Path lastVersion)
            throws Exception {
        copy(lastVersion);
        try (LocalPostgres postgres = LocalPostgres.start(folder, 0)) {
            asBeforeThereWereOwners(postgres);
            migrate(postgres, DATABASE, "filesystem:" + lastVersion);
            CompletableFuture<Void> replica = CompletableFuture.runAsync(() -> work(postgres));
            awaitWork();

            postgres.prepare(DATABASE);

            awaitWork();
            assertThat(texts(postgres, "select distinct tableowner from pg_tables where schemaname = 'public'"))
                    .containsExactly(OWNER);
            assertThat(texts(
                            postgres,
                            "select rolname from pg_roles join pg_database on datdba = pg_roles.oid"
                                    + " where datname = 'orders'"))
                    .containsExactly(OWNER);
            startOfTheLastVersion(postgres, lastVersion);

            migrate(postgres, OWNER, "classpath:db/delivery", "classpath:db/migration");

            awaitWork();
            startOfTheLastVersion(postgres, lastVersion);
            postgres.prepare(DATABASE);
            awaitWork();
            stop.set(true);
            replica.get();
            assertThat(texts(postgres, "select count(*) > 10 from orders join order_event on order_id = id"))
                    .containsExactly("t");
            Set<String> upgraded = texts(postgres, RIGHTS);
            theUpdateEnds(postgres);

            as(postgres, LocalPostgres.SUPERUSER, "postgres", "drop database orders");
            postgres.restart();
            migrate(postgres, OWNER, "classpath:db/delivery", "classpath:db/migration");
            assertThat(upgraded).isEqualTo(texts(postgres, RIGHTS));
        }
    }

    private static void asBeforeThereWereOwners(LocalPostgres postgres) throws SQLException {
        as(postgres, LocalPostgres.SUPERUSER, "postgres", "drop database orders");
        as(postgres, LocalPostgres.SUPERUSER, "postgres", "drop role orders_owner");
        as(postgres, LocalPostgres.SUPERUSER, "postgres", "create database orders owner orders");
        as(postgres, LocalPostgres.SUPERUSER, "postgres", "revoke all on database orders from public");
    }

    /** It removes what a killed migration has left behind, and no more, and finds nothing to migrate. */
    private static void startOfTheLastVersion(LocalPostgres postgres, Path lastVersion) throws SQLException {
        as(postgres, OWNER, DATABASE, """
                insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,
                    installed_by, execution_time, success)
                values (9999, '9999', 'failed', 'SQL', 'V9999__failed.sql', 1, 'orders', 1, false)
                """);
        migrate(postgres, DATABASE, "filesystem:" + lastVersion);
        String count = "select count(*) from flyway_schema_history";
        assertThat(texts(postgres, count + " where not success")).containsExactly("0");
        Set<String> before = texts(postgres, count);
        as(postgres, DATABASE, DATABASE, "delete from flyway_schema_history");
        assertThat(texts(postgres, count)).isEqualTo(before);
    }

    /** Nothing is left of what only the last version needed, also after the script has run again. */
    private static void theUpdateEnds(LocalPostgres postgres) throws Exception {
        Matcher statements = Pattern.compile("(?s)```sql\n(revoke delete on flyway_schema_history .*?)```")
                .matcher(Files.readString(Path.of("../docs/operations.md")));
        assertThat(statements.find()).isTrue();
        as(postgres, OWNER, DATABASE, statements.group(1));
        postgres.prepare(DATABASE);

        assertThatThrownBy(() -> as(postgres, DATABASE, DATABASE, "delete from flyway_schema_history"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied");
        assertThat(texts(postgres, "select count(*) from pg_policies")).containsExactly("0");
        as(postgres, DATABASE, DATABASE, "select count(*) from flyway_schema_history");
    }

    /** On one connection, until it is stopped; the first failure ends it. */
    private void work(LocalPostgres postgres) {
        try (Connection connection = open(postgres, DATABASE, DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '1s'; set statement_timeout = '2s'");
            while (!stop.get()) {
                statement.execute(WORK);
                done.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitWork() {
        int from = done.get();
        await().atMost(LIMIT).until(() -> done.get() > from + 20);
    }

    private static void migrate(LocalPostgres postgres, String role, String... locations) {
        FluentConfiguration flyway = Flyway.configure()
                .dataSource(postgres.jdbcUrl(DATABASE), role, postgres.password(role))
                .locations(locations)
                .placeholders(Map.of("service_role", DATABASE))
                .outOfOrder(true);
        new OnlineMigrations().customize(flyway);
        flyway.load().migrate();
    }

    private static void copy(Path folder) throws IOException {
        for (String file : LAST_VERSION) {
            try (InputStream in = OwnerUpgradeIT.class.getResourceAsStream("/" + file)) {
                Files.copy(
                        Objects.requireNonNull(in),
                        folder.resolve(Path.of(file).getFileName().toString()));
            }
        }
    }

    private static Connection open(LocalPostgres postgres, String role, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), role, postgres.password(role));
    }

    private static void as(LocalPostgres postgres, String role, String database, String sql) throws SQLException {
        try (Connection connection = open(postgres, role, database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Set<String> texts(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = open(postgres, LocalPostgres.SUPERUSER, DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Set<String> texts = new TreeSet<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
