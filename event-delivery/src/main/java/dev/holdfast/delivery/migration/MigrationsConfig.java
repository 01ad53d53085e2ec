package dev.holdfast.delivery.migration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who makes and changes the tables, and owns them. */
@ConfigMapping(prefix = "holdfast.migrations")
public interface MigrationsConfig {
    /** Where migrations reach the database: connections of their own, as an index may take longer than the pool's limits. */
    String jdbcUrl();

    /** The role that owns the tables: another one than the service's. */
    String owner();

    /** Its password, where the service migrates when it starts. */
    Optional<String> ownerPassword();

    /** A file with that password, in its place. */
    Optional<Path> ownerPasswordFile();

    /** How long a service that does not migrate waits, when it starts, for the database and until others have migrated it. */
    @WithDefault("0s")
    Duration waitAtStart();
}
