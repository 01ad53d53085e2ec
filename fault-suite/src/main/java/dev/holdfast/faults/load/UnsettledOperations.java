package dev.holdfast.faults.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Operations that got no clear answer and can be repeated until they do. Thread-safe. */
final class UnsettledOperations {
    private static final int AT_ONCE = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Queue<Operation> queue = new ConcurrentLinkedQueue<>();

    void add(Operation operation) {
        queue.add(operation);
    }

    /** Repeats several at a time, until each has a clear answer or a minute is over. */
    void settle(OperationSender sender) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().start(() -> settle(sender, deadline)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** One that is still unclear goes to the end of the queue. */
    private void settle(OperationSender sender, long deadline) {
        try {
            for (Operation next = queue.poll(); next != null && System.nanoTime() < deadline; next = queue.poll()) {
                sender.repeat(next);
                if (!next.clear()) {
                    queue.add(next);
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
