package dev.holdfast.faults.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a stack under test keeps its files: {@code fault-suite/target/stack-…} with {@code data} and {@code logs}. */
record TestDirectory(Path path) {
    static final String PREFIX = "stack-";

    /** Makes a new one for the stack of this JVM. */
    static TestDirectory create(Path target) {
        try {
            Path path = Files.createTempDirectory(Files.createDirectories(target), PREFIX);
            Leftovers.own(path);
            return new TestDirectory(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkout of Holdfast that this runs in: Maven runs tests in the module, the launcher in the checkout. */
    static Path checkout() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.of(here, here.resolve("..").normalize())
                .filter(directory -> Files.isDirectory(directory.resolve("order-service")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Run this in a checkout of Holdfast, not in " + here));
    }

    Path logs() {
        return path.resolve("logs");
    }

    Path data() {
        return path.resolve("data");
    }

    Path postgresData() {
        return data().resolve("postgres");
    }

    /** Removes the data of a stack that has ended; the logs stay. */
    void removeData() {
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
