package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Brings the stack up and supervises it until this JVM is told to end; one launcher at a time per directory. */
final class Launcher {
    private static final Duration STARTUP_END_LIMIT = Duration.ofSeconds(15);

    private final StackDirectory directory;
    private final Consumer<String> progress;

    Launcher(StackDirectory directory, Consumer<String> progress) {
        this.directory = directory;
        this.progress = progress;
    }

    /** Before anything is built: nothing else runs here, the ports are free and, if fresh, nothing of earlier runs is left. */
    void prepare(StackSettings settings, boolean fresh) {
        try (FileChannel _ = lock()) {
            endLeftBehind();
            settings.requireFreePorts();
            if (fresh) {
                LocalStack.eraseIn(directory.root());
                PostgresBinaries.deleteTree(directory.logs());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many orders were placed in it; see {@link Training#run}. */
    int train(StackSettings settings) {
        try (FileChannel _ = lock()) {
            directory.launcher().rememberThisJvm();
            int orders = new Training(directory).run(settings);
            directory.launcher().forget();
            return orders;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the JVM ends; throws when the stack does not come up. */
    void up(StackSettings settings) {
        FileChannel lock = lock();
        endLeftBehind();
        settings.requireFreePorts();
        directory.launcher().rememberThisJvm();
        LocalStack stack = new LocalStack(directory.root(), settings, directory::application);
        Supervisor supervisor = new Supervisor(stack.processes(), progress);
        FutureTask<Void> startup = new FutureTask<>(
                () -> {
                    stack.start(progress);
                    supervisor.start();
                    progress.accept(welcome(stack));
                    stack.services().forEach(service -> DevMode.keep(service, directory));
                    StackEnvironment.write(stack, directory.environment());
                },
                null);
        Thread starting = Thread.ofPlatform().name("startup").unstarted(startup);
        Thread ending = new Thread(() -> end(stack, supervisor, starting, lock), "shutdown");
        Runtime.getRuntime().addShutdownHook(ending);
        starting.start();
        await(startup, ending);
        supervisor.join();
    }

    private static void await(FutureTask<Void> startup, Thread ending) {
        try {
            startup.get();
        } catch (ExecutionException e) {
            // An interrupted startup is no failure where the user has asked for the end.
            if (!ending.isAlive()) {
                throw e.getCause() instanceof StackException known
                        ? known
                        : new StackException("the stack does not come up: " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** The one place where the stack is stopped, whether by a signal or because it did not come up. */
    private void end(LocalStack stack, Supervisor supervisor, Thread starting, FileChannel lock) {
        progress.accept("Stopping");
        try {
            supervisor.stop();
            starting.interrupt();
            starting.join(STARTUP_END_LIMIT);
            Files.deleteIfExists(directory.environment());
            stack.stop();
            directory.launcher().forget();
            lock.close();
            progress.accept("Stopped");
        } catch (IOException | InterruptedException | RuntimeException e) {
            progress.accept("Not everything was stopped, ./holdfast down tries again: " + e);
        }
    }

    /** Held by the file system until it is closed or this JVM dies, however it dies. */
    private FileChannel lock() {
        try {
            Files.createDirectories(directory.run());
            FileChannel channel = FileChannel.open(
                    directory.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                long pid = directory.launcher().pid();
                throw new StackException("it is already running" + (pid < 0 ? "" : " (launcher pid " + pid + ")")
                        + ": ./holdfast env shows where, ./holdfast down ends it");
            }
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After a launcher was killed its processes run on, without a supervisor: they are ended, then started anew. */
    private void endLeftBehind() {
        try {
            Files.deleteIfExists(directory.environment());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LocalStack leftBehind = LocalStack.leftBehindIn(directory.root());
        if (leftBehind.processes().stream().anyMatch(StackProcess::isAlive)) {
            progress.accept("Ending what an earlier run, whose launcher was killed, left behind");
        }
        leftBehind.stop();
        Training.endLeftBehind(directory);
    }

    private String welcome(LocalStack stack) {
        return """
                Holdfast is up:
                  gateway   %s        (documentation at /docs)
                  orders    %s
                  payments  %s
                  logs      %s
                %s
                Try ./holdfast demo; for scripts: eval "$(./holdfast env)"; to end it: ./holdfast down or Ctrl-C""".formatted(
                        stack.gateway().url(),
                        urls(stack.orders()),
                        urls(stack.payments()),
                        directory.logs(),
                        stack.settings().authenticated()
                                ? "Callers need a token: ./holdfast token --operator NAME prints one"
                                : "NO AUTHENTICATION: whoever is on this machine may do everything; up --auth asks for tokens");
    }

    private static String urls(List<LocalService> replicas) {
        return replicas.stream().map(LocalService::url).collect(Collectors.joining(" "));
    }
}
