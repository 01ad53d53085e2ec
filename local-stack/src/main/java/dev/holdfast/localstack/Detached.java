package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Starts and ends a launcher that runs in another process than this one. */
final class Detached {
    private static final Duration UP_LIMIT = Duration.ofMinutes(5);
    private static final Duration DOWN_LIMIT = Duration.ofMinutes(3);

    private final StackDirectory directory;
    private final OwnedProcess launcher;

    Detached(StackDirectory directory) {
        this.directory = directory;
        this.launcher = directory.launcher();
    }

    /** Starts a launcher that outlives this JVM, and repeats what it says until the stack is up. */
    void up() {
        if (launcher.isAlive()) {
            throw new StackException("it is already running (launcher pid " + launcher.pid() + ")");
        }
        startLauncher();
        // Whoever breaks off the wait does not want the stack either.
        Thread abandon = new Thread(() -> launcher.signal(OwnedProcess.Signal.TERM), "abandon");
        Runtime.getRuntime().addShutdownHook(abandon);
        int[] printed = {0};
        boolean decided = Waiting.until(UP_LIMIT, () -> {
            boolean ended = isUp() || !launcher.isAlive();
            printed[0] += print(printed[0]);
            return ended;
        });
        if (!decided) {
            throw new StackException("not up after " + UP_LIMIT.toMinutes() + " minutes, see " + launcher.log());
        }
        if (!isUp()) {
            throw new StackException("the stack did not come up, see above and " + directory.logs());
        }
        Runtime.getRuntime().removeShutdownHook(abandon);
    }

    /** Ends the launcher and all it started; also what a killed launcher left behind. */
    void down(Consumer<String> progress) {
        Training.endLeftBehind(directory);
        LocalStack stack = LocalStack.leftBehindIn(directory.root());
        if (!launcher.isAlive() && stack.processes().stream().noneMatch(StackProcess::isAlive)) {
            progress.accept("Nothing is up here");
            return;
        }
        progress.accept("Stopping");
        launcher.stop(OwnedProcess.Signal.TERM, DOWN_LIMIT);
        stack.stop();
        try {
            Files.deleteIfExists(directory.environment());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.accept("Nothing is left running");
    }

    private void startLauncher() {
        try {
            Files.deleteIfExists(launcher.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        launcher.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        directory.root().toString(),
                        "up"),
                Map.of(),
                variable -> true,
                directory.root());
    }

    private boolean isUp() {
        return launcher.isAlive() && Files.exists(directory.environment());
    }

    /** Prints the launcher's log from a byte on; returns how many bytes that were. */
    private int print(int from) {
        try {
            byte[] all = Files.readAllBytes(launcher.log());
            System.out.print(new String(all, from, all.length - from, StandardCharsets.UTF_8));
            System.out.flush();
            return all.length - from;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
