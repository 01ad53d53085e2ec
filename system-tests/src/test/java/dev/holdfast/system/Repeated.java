package dev.holdfast.system;

import java.time.Duration;

/** Does something again and again beside a test, until it is closed; what fails is tried once more the next time. */
final class Repeated implements AutoCloseable {
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private final Thread thread;

    private Repeated(Thread thread) {
        this.thread = thread;
    }

    static Repeated every(Duration pause, Step step) {
        return new Repeated(Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    step.run();
                } catch (Exception again) {
                    // What is tried here is often refused, as it should be.
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException end) {
                    return;
                }
            }
        }));
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
