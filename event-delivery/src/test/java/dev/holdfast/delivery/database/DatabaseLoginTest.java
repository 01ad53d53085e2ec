package dev.holdfast.delivery.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseLoginTest {
    private record LoginFiles(Optional<Path> userFile, Optional<Path> passwordFile) implements DatabaseLoginConfig {}

    @TempDir
    Path folder;

    @Test
    void isWhatIsConfiguredWhereThereAreNoFiles() {
        DatabaseLogin login = login(Optional.of("secret"), Optional.empty(), Optional.empty());
        assertThat(login.getCredentials("database")).isEqualTo(Map.of("user", "orders", "password", "secret"));
    }

    @Test
    void isWhatTheFilesSayNow() throws IOException {
        Path user = Files.writeString(folder.resolve("user"), "orders_2\n");
        Path password = Files.writeString(folder.resolve("password"), "first\n");
        DatabaseLogin login = login(Optional.of("unused"), Optional.of(user), Optional.of(password));
        assertThat(login.getCredentials("database")).isEqualTo(Map.of("user", "orders_2", "password", "first"));
        Files.writeString(user, "orders");
        Files.writeString(password, "second");
        assertThat(login.getCredentials("database")).isEqualTo(Map.of("user", "orders", "password", "second"));
    }

    @Test
    void namesTheSettingsWhenThereIsNoPassword() {
        DatabaseLogin login = login(Optional.empty(), Optional.empty(), Optional.empty());
        assertThatThrownBy(login::current).hasMessageContaining("DATABASE_PASSWORD or DATABASE_PASSWORD_FILE");
    }

    @Test
    void aFileThatCannotBeReadPassesAsADatabaseThatIsAway() {
        DatabaseLogin login = login(Optional.empty(), Optional.empty(), Optional.of(folder.resolve("none")));
        Throwable failure = catchThrowable(() -> login.getCredentials("database"));
        assertThat(failure).hasMessageContaining("none");
        assertThat(PassingFailure.is(failure)).isTrue();
    }

    @Test
    void isTakenByAThreadThatThePoolHasInterrupted() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret");
        DatabaseLogin login = login(Optional.empty(), Optional.empty(), Optional.of(password));
        Thread.currentThread().interrupt();
        assertThat(login.getCredentialsAsync("database").await().indefinitely()).containsEntry("password", "secret");
    }

    @Test
    void showsNoPasswordWhenPrinted() {
        assertThat(new DatabaseLogin.Login("orders", "secret")).hasToString("orders");
    }

    private static DatabaseLogin login(
            Optional<String> password, Optional<Path> userFile, Optional<Path> passwordFile) {
        return new DatabaseLogin("orders", password, new LoginFiles(userFile, passwordFile));
    }
}
