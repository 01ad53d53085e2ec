package dev.holdfast.delivery.migration;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.flywaydb.database.postgresql.TransactionalModel;

/**
 * Lets a migration build an index concurrently while replicas of the last version serve, and others start. The rules that
 * migrations follow are in {@code docs/decisions/0021}.
 */
@Singleton
// Flyway copies it by way of JSON.
@RegisterForReflection(targets = {PostgreSQLConfigurationExtension.class, TransactionalModel.class})
public class OnlineMigrations implements FlywayConfigurationCustomizer {
    private static final int FOR_EVER = -1;

    @Override
    public void customize(FluentConfiguration flyway) {
        // A transaction that is kept open for the lock, or to wait for it, would be waited for by the index for ever.
        // A session's lock ends with its connection, so that a killed service leaves none behind.
        flyway.getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        // The other replicas wait until the index is built; they serve only on the tables of their version.
        flyway.lockRetryCount(FOR_EVER);
        // Replicas of this version restart beside those of the next; delivery's 0.x are "missing", not "future".
        flyway.ignoreMigrationPatterns("*:missing", "*:future");
        flyway.callbacks(new MigrationCallback());
    }
}
