package dev.holdfast.delivery;

import org.jboss.logging.Logger;

/** Threads that work for as long as the service runs. */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);

    private Worker() {}

    /**
     * Starts the work on a thread of its own. An error that it does not handle (no memory, a class that does not link) ends
     * the process: whoever supervises it starts a new one, while a service without this thread would look healthy for ever.
     */
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .uncaughtExceptionHandler((thread, failure) -> {
                    LOG.fatalf(failure, "The thread %s cannot go on, so the process ends", thread.getName());
                    Runtime.getRuntime().halt(1);
                })
                .start(work);
    }
}
