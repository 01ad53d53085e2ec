package dev.holdfast.delivery;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The workers of a service end with it: all are told at once, and one time limit holds for all of them together.
 * Another replica, or the next start, takes up what they leave undone.
 */
@ApplicationScoped
public class Workers {
    private static final Logger LOG = Logger.getLogger(Workers.class);

    private record Running(Thread thread, Runnable stop) {}

    private final Duration stopTimeout;
    private final List<Running> running = new CopyOnWriteArrayList<>();

    @Inject
    Workers(DeliveryConfig config) {
        this(config.workers().stopTimeout());
    }

    Workers(Duration stopTimeout) {
        this.stopTimeout = stopTimeout;
    }

    /**
     * Starts the work on a thread of its own, as {@link Worker#start} does.
     *
     * @param stop tells the work to end soon; must return at once
     */
    public void start(String name, Runnable work, Runnable stop) {
        running.add(new Running(Worker.start(name, work), stop));
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownEvent stopping)
            throws InterruptedException {
        stop();
    }

    void stop() throws InterruptedException {
        long deadline = System.nanoTime() + stopTimeout.toNanos();
        running.forEach(worker -> worker.stop.run());
        for (Running worker : running) {
            long left = deadline - System.nanoTime();
            if (!worker.thread.join(Duration.ofNanos(Math.max(left, 0)))) {
                LOG.warnf(
                        "The thread %s has not ended within %d ms of the service's stop",
                        worker.thread.getName(), TimeUnit.NANOSECONDS.toMillis(stopTimeout.toNanos()));
            }
        }
    }
}
