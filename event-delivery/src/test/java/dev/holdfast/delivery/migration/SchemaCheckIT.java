package dev.holdfast.delivery.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.localstack.LocalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that does not migrate itself, before and after its tables are made. */
class SchemaCheckIT {
    private static final String DATABASE = "orders";
    private static final String TABLES = "classpath:db/delivery";

    @Test
    void waitsForTheTablesOfItsVersionAndRefusesOlderOnes(@TempDir Path folder, @TempDir Path next) throws Exception {
        try (LocalPostgres postgres = LocalPostgres.start(folder, 0)) {
            Flyway service = flyway(postgres, postgres.user(DATABASE), TABLES);
            assertThatThrownBy(() -> SchemaCheck.awaitTables(service, Duration.ZERO))
                    .hasMessageContaining("V0_1__outbox_and_inbox.sql");

            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> await(service));
            assertThat(waiting).isNotDone();
            flyway(postgres, postgres.owner(DATABASE), TABLES).migrate();
            assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
            assertThatCode(() -> SchemaCheck.awaitTables(service, Duration.ZERO))
                    .doesNotThrowAnyException();

            Files.writeString(next.resolve("V9__later.sql"), "create table later (n bigint)");
            Flyway newer = flyway(postgres, postgres.user(DATABASE), TABLES, "filesystem:" + next);
            assertThatThrownBy(() -> SchemaCheck.awaitTables(newer, Duration.ofMillis(1)))
                    .hasMessageContaining("1 migrations are not applied, the first is V9__later.sql");

            // A replica of the last version starts beside the tables of the next one.
            flyway(postgres, postgres.owner(DATABASE), TABLES, "filesystem:" + next)
                    .migrate();
            assertThatCode(() -> SchemaCheck.awaitTables(service, Duration.ZERO))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void saysThatTheDatabaseCannotBeReachedOnceItHasWaited() {
        Flyway nowhere = Flyway.configure()
                .dataSource("jdbc:postgresql://127.0.0.1:9/" + DATABASE, DATABASE, "")
                .load();
        long start = System.nanoTime();
        assertThatThrownBy(() -> SchemaCheck.awaitTables(nowhere, Duration.ofSeconds(1)))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("127.0.0.1:9");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
    }

    private static void await(Flyway service) {
        try {
            SchemaCheck.awaitTables(service, Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Flyway flyway(LocalPostgres postgres, String role, String... locations) {
        FluentConfiguration flyway = Flyway.configure()
                .dataSource(postgres.jdbcUrl(DATABASE), role, postgres.password(role))
                .locations(locations)
                .placeholders(Map.of("service_role", postgres.user(DATABASE)))
                .outOfOrder(true)
                // As Quarkus does.
                .ignoreMigrationPatterns(new String[0]);
        new OnlineMigrations().customize(flyway);
        return flyway.load();
    }
}
