package dev.holdfast.delivery.database;

import io.quarkus.arc.Unremovable;
import io.quarkus.credentials.CredentialsProvider;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Who the service is to PostgreSQL. The pool asks for each new connection, so a login that is changed in the files is taken
 * by all connections within their lifetime, without a restart (docs/decisions/0026).
 */
@Singleton
@Unremovable
public class DatabaseLogin implements CredentialsProvider {
    private static final int READS_MAX = 10;

    private final String user;
    private final Optional<String> password;
    private final DatabaseLoginConfig files;

    DatabaseLogin(
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            DatabaseLoginConfig files) {
        this.user = user;
        this.password = password;
        this.files = files;
    }

    /** A role and its password, which are of one moment. */
    public record Login(String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /** A file that cannot be read is a {@link PassingFailure}, as a database is that does not answer. */
    @Override
    public Map<String, String> getCredentials(String credentialsProviderName) {
        try {
            Login login = current();
            return Map.of(USER_PROPERTY_NAME, login.user(), PASSWORD_PROPERTY_NAME, login.password());
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new DatabaseException("There is no login", new SQLTransientConnectionException(e.getMessage(), e));
        }
    }

    /**
     * On the pool's own thread, as those for requests may all be waiting for a connection. An attempt that the pool has given
     * up may have left that thread interrupted, and would end this one.
     */
    @Override
    public Uni<Map<String, String>> getCredentialsAsync(String credentialsProviderName) {
        Thread.interrupted();
        return Uni.createFrom().item(() -> getCredentials(credentialsProviderName));
    }

    /**
     * As configured, or as the files say now.
     *
     * @throws IllegalStateException when there is no password, or the files change all the time
     * @throws UncheckedIOException when a file cannot be read
     */
    public Login current() {
        // Both files are replaced together, as Kubernetes does: of the user that was there before and after, the
        // password is.
        for (int i = 0; i < READS_MAX; i++) {
            Login login = new Login(readUser(), readPassword());
            if (login.user().equals(readUser())) {
                return login;
            }
        }
        throw new IllegalStateException("The file with the user of the database changes all the time");
    }

    private String readUser() {
        return files.userFile().map(DatabaseLogin::read).orElse(user);
    }

    private String readPassword() {
        return files.passwordFile()
                .map(DatabaseLogin::read)
                .or(() -> password)
                .orElseThrow(() -> new IllegalStateException(
                        "DATABASE_PASSWORD or DATABASE_PASSWORD_FILE must be given: the password of the role " + user));
    }

    /**
     * The text of a file with a secret, without the end of its line.
     *
     * @throws UncheckedIOException when it cannot be read
     */
    public static String read(Path file) {
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException("The file cannot be read: " + file, e);
        }
    }
}
