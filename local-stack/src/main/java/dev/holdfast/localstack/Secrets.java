package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Generated passwords, one file each, readable by their owner alone. */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /** The secret that the file holds; the first call makes it up. Letters and digits only, so that it fits any URL. */
    static String of(Path file) {
        try {
            if (!Files.exists(file)) {
                replace(file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes up another secret, and puts it into the file. */
    static void replace(Path file) {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        try {
            write(file, HexFormat.of().formatHex(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String secret) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path written = Files.createTempFile(
                parent,
                "secret",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(written, secret);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
