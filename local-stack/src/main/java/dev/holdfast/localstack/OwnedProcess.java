package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A long-running process that may outlive the JVM that started it: its pid and start time are kept in a record file,
 * by which a later JVM finds it again, and never mistakes another process that was given the same pid.
 */
final class OwnedProcess {
    enum Signal {
        TERM,
        INT,
        QUIT,
        STOP,
        CONT
    }

    /** The kernel counts a start in hundredths of a second from a boot time that clock corrections move a little. */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(3);

    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Path record;
    private final Path log;

    OwnedProcess(String name, Path record, Path log) {
        this.name = name;
        this.record = record.toAbsolutePath();
        this.log = log.toAbsolutePath();
    }

    /** One beside it, with a record and a log of its own. */
    OwnedProcess another(String otherName) {
        return new OwnedProcess(
                otherName, record.resolveSibling(otherName + ".process"), log.resolveSibling(otherName + ".log"));
    }

    /**
     * Starts the command in a session of its own, so that a Ctrl-C at the terminal reaches the launcher alone; output is
     * appended to the log. Variables whose name {@code inherits} refuses are not passed on.
     */
    Process start(
            List<String> command, Map<String, String> environment, Predicate<String> inherits, Path workingDirectory) {
        List<String> detached = new ArrayList<>(Tools.ownSession());
        detached.addAll(command);
        try {
            Files.createDirectories(log.getParent());
            Files.createDirectories(record.getParent());
            ProcessBuilder builder = new ProcessBuilder(detached)
                    .directory(workingDirectory.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(Tools.NOTHING))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().removeIf(variable -> !inherits.test(variable));
            builder.environment().putAll(environment);
            Process started = builder.start();
            try {
                remember(started.toHandle());
                return started;
            } catch (IOException e) {
                // Also after an interrupt: a process that no record tells of could never be found again.
                started.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new StackException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** Keeps this JVM's own pid. */
    void rememberThisJvm() {
        try {
            remember(ProcessHandle.current());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remember(ProcessHandle process) throws IOException {
        Files.createDirectories(record.getParent());
        Path written = Files.createTempFile(record.getParent(), name, ".record");
        Files.writeString(written, process.pid() + "\n" + startOf(process).orElse(Instant.now()) + "\n");
        Files.move(written, record, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The process, if it still runs. */
    Optional<ProcessHandle> find() {
        try {
            List<String> lines = Files.readAllLines(record);
            if (lines.size() < 2) {
                return Optional.empty();
            }
            Instant started = Instant.parse(lines.get(1));
            return ProcessHandle.of(Long.parseLong(lines.get(0)))
                    .filter(OwnedProcess::runs)
                    .filter(process -> startOf(process)
                            .map(start -> Duration.between(started, start).abs().compareTo(START_TOLERANCE) <= 0)
                            .orElse(false));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return find().isPresent();
    }

    /** @return the pid, or -1 when the process does not run */
    long pid() {
        return find().map(ProcessHandle::pid).orElse(-1L);
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    /** Sends the signal and waits for it and all it started; what has not ended within the grace time is killed. */
    void stop(Signal signal, Duration grace) {
        find().ifPresent(process -> {
            List<ProcessHandle> helpers = process.descendants().toList();
            signal(process, signal);
            if (!awaitEnd(process, grace)) {
                process.destroyForcibly();
                if (!awaitEnd(process, KILL_GRACE)) {
                    throw new StackException(name + " (pid " + process.pid() + ") does not end, not even by SIGKILL");
                }
            }
            // They end when they notice that it has gone.
            if (!Waiting.until(KILL_GRACE, () -> helpers.stream().noneMatch(OwnedProcess::runs))) {
                helpers.forEach(ProcessHandle::destroyForcibly);
            }
        });
        forget();
    }

    /** SIGKILL, as a crash would be; returns when the process is gone. */
    void kill() {
        find().ifPresent(process -> {
            process.destroyForcibly();
            awaitEnd(process, KILL_GRACE);
        });
    }

    void signal(Signal signal) {
        find().ifPresent(process -> signal(process, signal));
    }

    void forget() {
        try {
            Files.deleteIfExists(record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(ProcessHandle process, Signal signal) {
        // The shell's own kill, since a minimal system has no kill program.
        Tools.run(List.of("/bin/sh", "-c", "kill -" + signal + " " + process.pid()));
    }

    private static boolean awaitEnd(ProcessHandle process, Duration grace) {
        return Waiting.until(grace, () -> !runs(process));
    }

    private static Optional<Instant> startOf(ProcessHandle process) {
        return process.info().startInstant();
    }

    /** A process that has ended but was not collected by its parent (a container's first process may never do it) does not run. */
    private static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return process.isAlive();
        }
    }
}
