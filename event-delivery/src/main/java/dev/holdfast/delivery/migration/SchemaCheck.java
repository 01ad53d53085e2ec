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
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;

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

    /**
     * @throws IllegalStateException when a migration of this version is not applied after that time
     * @throws FlywayException when the database cannot be asked after that time
     */
    static void awaitTables(Flyway flyway, Duration wait) throws InterruptedException {
        long start = System.nanoTime();
        RuntimeException reason = reasonToWait(flyway);
        if (reason != null && wait.isPositive()) {
            Log.infof("Waiting for migrations, up to %s: %s", wait, reason.getMessage());
        }
        while (reason != null) {
            if (System.nanoTime() - start >= wait.toNanos()) {
                throw reason;
            }
            TimeUnit.SECONDS.sleep(1);
            reason = reasonToWait(flyway);
        }
    }

    private static @Nullable RuntimeException reasonToWait(Flyway flyway) {
        try {
            MigrationInfo[] pending = flyway.info().pending();
            return pending.length == 0
                    ? null
                    : new IllegalStateException("The tables are older than this version needs: " + pending.length
                            + " migrations are not applied, the first is " + pending[0].getScript()
                            + ". Let the owner of the tables migrate them first: docs/operations.md says how");
        } catch (FlywayException unreachable) {
            return unreachable;
        }
    }
}
