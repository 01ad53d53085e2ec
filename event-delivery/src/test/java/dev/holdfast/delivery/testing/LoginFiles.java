package dev.holdfast.delivery.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Two files with a role and its password, replaced at one moment as Kubernetes does with a mounted Secret. */
public final class LoginFiles {
    private final Path directory;
    private int versions;

    LoginFiles(Path directory) {
        this.directory = directory;
    }

    /** Both at once: what the names lead to is a link to a directory of this version. */
    public void replace(String user, String password) {
        try {
            Path version = Files.createDirectories(directory.resolve("version-" + versions++));
            Files.writeString(version.resolve("user"), user);
            Files.writeString(version.resolve("password"), password + "\n");
            Path aside = Files.createSymbolicLink(directory.resolve("aside"), version);
            Files.move(aside, directory.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path user() {
        return directory.resolve("current").resolve("user");
    }

    Path password() {
        return directory.resolve("current").resolve("password");
    }
}
