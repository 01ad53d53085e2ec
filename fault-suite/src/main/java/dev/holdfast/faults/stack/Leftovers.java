package dev.holdfast.faults.stack;

import dev.holdfast.localstack.LocalStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What stacks under test have left behind whose JVM was killed: processes, a mounted disk, data. */
final class Leftovers {
    /** Holds the pid of the JVM that the stack belongs to. */
    private static final String OWNER = "owner.pid";

    private Leftovers() {}

    /** Notes that the stack in this directory belongs to this JVM. */
    static void own(Path directory) {
        try {
            Files.writeString(
                    directory.resolve(OWNER),
                    Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends and removes what is left of each stack whose JVM lives no more; the logs stay.
     *
     * @param progress is told of each
     */
    static void end(Path target, Consumer<String> progress) {
        for (Path directory : left(target)) {
            progress.accept("Ending what an earlier run, which was killed, left behind in " + directory);
            LocalStack.endLeftBehindIn(directory);
            SmallDisk.unmountLeftBehind(StackUnderTest.postgresData(directory));
            StackUnderTest.removeData(directory);
        }
    }

    private static List<Path> left(Path target) {
        if (!Files.isDirectory(target)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.filter(Leftovers::isLeft).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stack that was closed has no data any more, and one without an owner's pid is not known to be nobody's. */
    private static boolean isLeft(Path directory) {
        Path owner = directory.resolve(OWNER);
        return directory.getFileName().toString().startsWith(StackUnderTest.PREFIX)
                && Files.isDirectory(directory.resolve("data"))
                && Files.exists(owner)
                && !isAlive(owner);
    }

    private static boolean isAlive(Path owner) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(owner).strip()))
                    .map(ProcessHandle::isAlive)
                    .orElse(false);
        } catch (NumberFormatException unknown) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
