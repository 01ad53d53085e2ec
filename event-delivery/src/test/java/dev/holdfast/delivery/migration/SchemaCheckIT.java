package dev.holdfast.delivery.migration;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.localstack.LocalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that does not migrate itself, before and after its tables are made. */
class SchemaCheckIT {
    private static final String DATABASE = "orders";
    private static final String TABLES = "classpath:db/delivery";

    @Test
    void refusesTablesThatAreOlderThanTheVersionNeeds(@TempDir Path folder, @TempDir Path next) throws Exception {
        try (LocalPostgres postgres = LocalPostgres.start(folder, 0)) {
            Flyway service = flyway(postgres, postgres.user(DATABASE), TABLES);
            assertThatThrownBy(() -> SchemaCheck.refuseOlderTables(service))
                    .hasMessageContaining("V0_1__outbox_and_inbox.sql");

            flyway(postgres, postgres.owner(DATABASE), TABLES).migrate();
            assertThatCode(() -> SchemaCheck.refuseOlderTables(service)).doesNotThrowAnyException();

            Files.writeString(next.resolve("V9__later.sql"), "create table later (n bigint)");
            Flyway newer = flyway(postgres, postgres.user(DATABASE), TABLES, "filesystem:" + next);
            assertThatThrownBy(() -> SchemaCheck.refuseOlderTables(newer))
                    .hasMessageContaining("1 migrations are not applied, the first is V9__later.sql");

            // A replica of the last version starts beside the tables of the next one.
            flyway(postgres, postgres.owner(DATABASE), TABLES, "filesystem:" + next)
                    .migrate();
            assertThatCode(() -> SchemaCheck.refuseOlderTables(service)).doesNotThrowAnyException();
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
