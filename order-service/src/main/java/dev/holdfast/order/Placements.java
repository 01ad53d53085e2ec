package dev.holdfast.order;

import dev.holdfast.delivery.Worker;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets orders that come at the same time be placed together. While a batch is under way others gather. They are the next
 * one as soon as they are as many as were there before, because clients who got their answers come again, or after a
 * moment. So a lone order waits for nobody, and under load many share their round trips and commits. A batch that takes
 * long, because payments does not answer, is waited for a moment only.
 */
@ApplicationScoped
class Placements {
    /** Fewer save too little by being placed together to be waited for. */
    private static final int CROWD = 4;

    private final Consumer<List<PendingPlacement>> placeTogether;
    private final PlacementConfig config;
    private final Semaphore room;
    private final List<Thread> workers = new ArrayList<>();
    /** Guarded by this, as is the number of batches under way. */
    private final ArrayDeque<PendingPlacement> waiting = new ArrayDeque<>();

    private int underWay;
    /** So many were in the last batch or waiting when it ended, and may be waiting again until then. */
    private int expected;

    private long expectedUntilNanos = System.nanoTime();

    @Inject
    Placements(JointPlacement jointPlacement, PlacementConfig config) {
        this(jointPlacement::place, config);
    }

    /** @param placeTogether settles each of them, now or later */
    Placements(Consumer<List<PendingPlacement>> placeTogether, PlacementConfig config) {
        this.placeTogether = placeTogether;
        this.config = config;
        room = new Semaphore(config.maxInFlight());
    }

    /**
     * Places an order; returns at once. A wish with an idempotency key has one order at most, however often and by how
     * many requests at once it is sent.
     *
     * @param traceparent the trace of its request, null where it has none
     * @return fails when the order could not be stored; its hold was released then, or expires
     */
    CompletionStage<Placement> place(NewOrder wish, @Nullable String traceparent) {
        PendingPlacement pending = PendingPlacement.of(wish, traceparent);
        if (room.tryAcquire()) {
            pending.outcome().whenComplete((placement, failure) -> room.release());
            add(pending);
        } else {
            pending.settle(new Placement.Overloaded());
        }
        return pending.outcome();
    }

    void start(@Observes StartupEvent started) {
        for (int i = 1; i <= config.workers(); i++) {
            workers.add(Worker.start("place orders " + i, this::run));
        }
    }

    /** All requests have ended before. */
    void stop(@Observes ShutdownEvent stopping) {
        workers.forEach(Thread::interrupt);
    }

    private void run() {
        try {
            while (true) {
                List<PendingPlacement> batch = nextBatch();
                int size = batch.size();
                try {
                    batch.removeIf(this::refuseIfLate);
                    if (!batch.isEmpty()) {
                        placeTogether.accept(batch);
                    }
                } finally {
                    ended(size);
                }
            }
        } catch (InterruptedException e) {
            // Stopped.
        }
    }

    private synchronized void add(PendingPlacement pending) {
        waiting.add(pending);
        if (waiting.size() == 1 || waiting.size() == expected) {
            notify();
        }
    }

    private synchronized List<PendingPlacement> nextBatch() throws InterruptedException {
        for (long pauseNanos = pauseNanos(); pauseNanos > 0; pauseNanos = pauseNanos()) {
            TimeUnit.NANOSECONDS.timedWait(this, pauseNanos);
        }
        underWay++;
        List<PendingPlacement> batch = new ArrayList<>();
        while (batch.size() < config.batchSize() && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        if (!waiting.isEmpty()) {
            notify();
        }
        return batch;
    }

    /** How long to wait before the next batch may begin, where nothing happens until then. */
    private long pauseNanos() {
        if (waiting.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (underWay > 0) {
            return config.patience().toNanos() - waiting.element().waitedNanos();
        }
        boolean worthwhile = expected >= CROWD && waiting.size() < expected;
        return worthwhile ? expectedUntilNanos - System.nanoTime() : 0;
    }

    /** Nobody has to be told: this worker looks for the next batch itself. */
    private synchronized void ended(int size) {
        underWay--;
        expected = Math.min(size + waiting.size(), config.batchSize());
        expectedUntilNanos = System.nanoTime() + config.linger().toNanos();
    }

    private boolean refuseIfLate(PendingPlacement pending) {
        boolean late = pending.waitedNanos() > config.maxWait().toNanos();
        if (late) {
            pending.settle(new Placement.Overloaded());
        }
        return late;
    }
}
