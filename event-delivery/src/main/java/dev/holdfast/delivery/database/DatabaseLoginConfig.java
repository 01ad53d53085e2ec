package dev.holdfast.delivery.database;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Files that say who the service is to PostgreSQL. They are read for each new connection, so they may change at any time. */
@ConfigMapping(prefix = "holdfast.database-login")
public interface DatabaseLoginConfig {
    /** A file with the role that logs in: the service's own role, or a member of it; without it the configured one logs in. */
    Optional<Path> userFile();

    /** A file with its password, in place of the configured one. */
    Optional<Path> passwordFile();
}
