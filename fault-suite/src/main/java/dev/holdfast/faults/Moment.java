package dev.holdfast.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Waits for what has to be so before a fault goes on. */
final class Moment {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Moment() {}

    /** @throws MissedException when the limit passes without it */
    static void await(Duration limit, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new MissedException("the moment did not come within " + limit.toSeconds() + " s");
            }
            Thread.sleep(PAUSE);
        }
    }

    static <T> void sideBySide(List<T> all, Consumer<T> action) {
        CompletableFuture.allOf(all.stream()
                        .map(one -> CompletableFuture.runAsync(() -> action.accept(one), Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}
