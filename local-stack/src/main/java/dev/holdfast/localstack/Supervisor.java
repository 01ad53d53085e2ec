package dev.holdfast.localstack;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Starts again what dies, with growing pauses, as compose and Kubernetes would; each process on a thread of its own. */
final class Supervisor {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Whoever lived that long is taken to be sound again. */
    private static final Duration SOUND_AFTER = Duration.ofSeconds(30);

    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final Consumer<String> progress;
    private final List<Thread> threads;
    private volatile boolean stopping;

    Supervisor(List<StackProcess> processes, Consumer<String> progress) {
        this.progress = progress;
        this.threads = processes.stream()
                .map(process -> Thread.ofPlatform()
                        .name("supervisor of " + process.name())
                        .unstarted(() -> watch(process)))
                .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** After it returns nothing is started any more. */
    void stop() {
        stopping = true;
        List<Thread> started =
                threads.stream().filter(Thread::isAlive).peek(Thread::interrupt).toList();
        for (Thread thread : started) {
            try {
                if (!thread.join(END_LIMIT)) {
                    progress.accept("The " + thread.getName() + " does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Returns once {@link #stop()} was called, or when this thread is interrupted. */
    void join() {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(StackProcess process) {
        Duration pause = FIRST_PAUSE;
        long aliveSince = System.nanoTime();
        while (!stopping) {
            try {
                if (process.isAlive() || process.isReplaced()) {
                    Waiting.pause(LOOK_EVERY);
                    continue;
                }
                if (System.nanoTime() - aliveSince > SOUND_AFTER.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                progress.accept(process.name() + " has ended; starting it again in " + pause.toMillis() + " ms");
                Waiting.pause(pause);
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
                aliveSince = System.nanoTime();
                process.start();
                progress.accept(process.name() + " is back, pid " + process.pid());
            } catch (RuntimeException e) {
                if (!stopping) {
                    progress.accept(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
