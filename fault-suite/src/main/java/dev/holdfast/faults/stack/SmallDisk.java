package dev.holdfast.faults.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A file system of its own that is soon full; only root can make one, and not in every container. */
public final class SmallDisk implements AutoCloseable {
    /** Room for PostgreSQL's files and all that its write-ahead log may come to between two checkpoints. */
    private static final int MEGABYTES = 1_024;

    private static final int BLOCK_BYTES = 1 << 20;
    private static final int COMMAND_SECONDS = 20;

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Empty where this machine does not let us. */
    static Optional<SmallDisk> mount(Path directory) {
        try {
            Files.createDirectories(directory);
            boolean mounted = run(
                    "mount", "-t", "tmpfs", "-o", "mode=0700,size=" + MEGABYTES + "m", "tmpfs", directory.toString());
            return mounted ? Optional.of(new SmallDisk(directory)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unmounts what a test that was killed has left mounted there, if anything. */
    static void unmountLeftBehind(Path directory) {
        try {
            run("umount", directory.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all the room that is left. */
    public void fill() {
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream filler = Files.newOutputStream(filler())) {
            for (int size = block.length; size > 0; ) {
                try {
                    filler.write(block, 0, size);
                } catch (IOException full) {
                    size /= 2;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives back what {@link #fill()} took. */
    public void empty() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With all that is on it; nobody may use it any more. */
    @Override
    public void close() {
        try {
            if (!run("umount", directory.toString())) {
                throw new IllegalStateException("The disk at " + directory + " cannot be unmounted");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            process.destroy();
        }
    }
}
