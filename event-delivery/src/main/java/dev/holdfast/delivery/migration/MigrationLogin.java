package dev.holdfast.delivery.migration;

import dev.holdfast.delivery.database.DatabaseLogin;
import dev.holdfast.delivery.database.DatabaseLogin.Login;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Lets Flyway migrate as the owner of the tables, and only look where the service does not migrate itself. */
@Singleton
public class MigrationLogin implements FlywayConfigurationCustomizer {
    private final MigrationsConfig config;
    private final boolean migrateAtStart;
    private final String serviceRole;
    private final DatabaseLogin service;

    MigrationLogin(
            MigrationsConfig config,
            @ConfigProperty(name = "quarkus.flyway.migrate-at-start") boolean migrateAtStart,
            @ConfigProperty(name = "quarkus.datasource.username") String serviceRole,
            DatabaseLogin service) {
        this.config = config;
        this.migrateAtStart = migrateAtStart;
        this.serviceRole = serviceRole;
        this.service = service;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        Login login = migrateAtStart ? owner() : service.current();
        flyway.dataSource(config.jdbcUrl(), login.user(), login.password());
        // The role that migrations grant rights to.
        flyway.placeholders(Map.of("service_role", serviceRole));
    }

    private Login owner() {
        if (config.owner().equals(serviceRole)) {
            throw new IllegalStateException("DATABASE_OWNER_USER and DATABASE_USER are both " + serviceRole
                    + ", but the service must not own its tables");
        }
        String password = config.ownerPasswordFile()
                .map(DatabaseLogin::read)
                .or(config::ownerPassword)
                .orElseThrow(() -> new IllegalStateException(
                        "DATABASE_OWNER_PASSWORD or DATABASE_OWNER_PASSWORD_FILE must be given: the password of "
                                + config.owner() + ", which owns the tables and migrates them."
                                + " Where something else migrates them, set MIGRATE_AT_START=false."
                                + " An existing database is given its owner as docs/operations.md says"));
        return new Login(config.owner(), password);
    }
}
