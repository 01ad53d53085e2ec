package dev.holdfast.delivery.migration;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Where others migrate, the service does not start before they have: on older tables its statements would fail one by one. It
 * may wait for them, so that both can be started at the same moment.
 */
@ApplicationScoped
public class SchemaCheck {
    private final Flyway flyway;
    private final boolean migrateAtStart;
    private final Duration wait;

    SchemaCheck(
            Flyway flyway,
            @ConfigProperty(name = "quarkus.flyway.migrate-at-start") boolean migrateAtStart,
            MigrationsConfig config) {
        this.flyway = flyway;
        this.migrateAtStart = migrateAtStart;
        this.wait = config.waitAtStart();
    }

    void atStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start)
            throws InterruptedException {
        if (!migrateAtStart) {
            awaitTables(flyway, wait);
        }
    }

    /** @throws IllegalStateException when a migration of this version is not applied after that time */
    static void awaitTables(Flyway flyway, Duration wait) throws InterruptedException {
        long start = System.nanoTime();
        MigrationInfo[] pending = flyway.info().pending();
        if (pending.length > 0 && wait.isPositive()) {
            Log.infof("Waiting for %d migrations, the first is %s", pending.length, pending[0].getScript());
        }
        while (pending.length > 0) {
            if (System.nanoTime() - start >= wait.toNanos()) {
                throw new IllegalStateException("The tables are older than this version needs: " + pending.length
                        + " migrations are not applied, the first is " + pending[0].getScript()
                        + ". Let the owner of the tables migrate them first: docs/operations.md says how");
            }
            TimeUnit.SECONDS.sleep(1);
            pending = flyway.info().pending();
        }
    }
}
