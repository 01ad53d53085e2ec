package dev.holdfast.faults.stack;

import dev.holdfast.localstack.LocalStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What is left of stacks under test whose JVM was killed: processes, a mounted disk, data. */
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
        for (TestDirectory directory : left(target)) {
            progress.accept("Ending what an earlier run, which was killed, left behind in " + directory.path());
            LocalStack.endLeftBehindIn(directory.path());
            SmallDisk.unmountLeftBehind(directory.postgresData());
            directory.removeData();
        }
    }

    private static List<TestDirectory> left(Path target) {
        if (!Files.isDirectory(target)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.map(TestDirectory::new).filter(Leftovers::isLeft).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A closed stack has no data any more; one without its owner's pid may be in use. */
    private static boolean isLeft(TestDirectory directory) {
        Path owner = directory.path().resolve(OWNER);
        return directory.path().getFileName().toString().startsWith(TestDirectory.PREFIX)
                && Files.isDirectory(directory.data())
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
