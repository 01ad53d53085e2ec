package dev.holdfast.order.retry;

import dev.holdfast.delivery.WakeUp;
import dev.holdfast.delivery.Workers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Works off what is due, batch by batch, on one thread; several replicas do so side by side. Woken by the commit that makes
 * something due, and by itself for what is left.
 */
public final class RetryLoop {
    private static final Logger LOG = Logger.getLogger(RetryLoop.class);
    private static final int DOUBLINGS_MAX = 20;

    /** Claims a batch of what is due, and tries it; true when there may be more. */
    @FunctionalInterface
    public interface Batch {
        boolean workOff() throws InterruptedException;
    }

    private final String name;
    private final Duration pollInterval;
    private final Batch batch;
    private final Runnable count;
    private final WakeUp wakeUp = new WakeUp();
    private volatile boolean running;

    /**
     * @param name of the thread
     * @param batch is called until nothing is due; where it fails, again after the poll interval
     * @param count counts what is left
     */
    public RetryLoop(String name, Duration pollInterval, Batch batch, Runnable count) {
        this.name = name;
        this.pollInterval = pollInterval;
        this.batch = batch;
        this.count = count;
    }

    public void start(Workers workers) {
        running = true;
        workers.start(name, this::run, this::stop);
    }

    /** To be called after the commit of a transaction that made something due. */
    public void wake() {
        wakeUp.call();
    }

    /** Ends after the calls that are under way. */
    private void stop() {
        running = false;
        wakeUp.call();
    }

    private void run() {
        try {
            while (running) {
                try {
                    while (running && batch.workOff()) {}
                    count.run();
                } catch (RuntimeException e) {
                    LOG.warnf("What is due waits for the next poll of %s: %s", name, e);
                }
                wakeUp.await(pollInterval);
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted: what is claimed is taken over when its lease ends", e);
        }
    }

    /** Makes a call for each at once, and waits for all. Each is bounded by the time limits of its client, and never throws. */
    public static <T, R> List<R> callForEach(List<T> all, Function<T, R> call) throws InterruptedException {
        if (all.isEmpty()) {
            return List.of();
        }
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            return calls
                    .invokeAll(all.stream()
                            .map(each -> (Callable<R>) () -> call.apply(each))
                            .toList())
                    .stream()
                    .map(Future::resultNow)
                    .toList();
        }
    }

    /**
     * The pause after an attempt that failed.
     *
     * @param attempt 1 for the first
     */
    public static Duration pauseAfter(int attempt, Duration first, Duration longest) {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, DOUBLINGS_MAX));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }
}
