package dev.holdfast.delivery.migration;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;

/** Where others migrate, the service does not start before they have: on older tables its statements would fail one by one. */
@ApplicationScoped
public class SchemaCheck {
    private final Flyway flyway;
    private final boolean migrateAtStart;

    SchemaCheck(Flyway flyway, @ConfigProperty(name = "quarkus.flyway.migrate-at-start") boolean migrateAtStart) {
        this.flyway = flyway;
        this.migrateAtStart = migrateAtStart;
    }

    void atStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        if (!migrateAtStart) {
            refuseOlderTables(flyway);
        }
    }

    /** @throws IllegalStateException when a migration of this version is not applied */
    static void refuseOlderTables(Flyway flyway) {
        MigrationInfo[] pending = flyway.info().pending();
        if (pending.length > 0) {
            throw new IllegalStateException("The tables are older than this version needs: " + pending.length
                    + " migrations are not applied, the first is " + pending[0].getScript()
                    + ". Let the owner of the tables migrate them first: docs/operations.md says how");
        }
    }
}
