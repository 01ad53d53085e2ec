package dev.holdfast.order;

import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private final Function<List<PendingPlacement>, Uni<List<PendingPlacement>>> placeTogether;
    private final Function<NewOrder, UUID> firstId;
    private final PlacementConfig config;
    private final Vertx vertx;
    private final Semaphore room;
    private final PutAside putAside;
    /** Guarded by this, as is all that follows. */
    private final ArrayDeque<PendingPlacement> waiting = new ArrayDeque<>();

    private int underWay;
    /** So many were in the last batch or waiting when it ended, and may be waiting again until then. */
    private int expected;

    private long expectedUntilNanos = System.nanoTime();
    /** When the soonest timer looks for the next batch; null where no other has been set since one did. */
    private @Nullable Long timerNanos;

    @Inject
    Placements(JointPlacement jointPlacement, OrderIds ids, PlacementConfig config, Vertx vertx) {
        this(jointPlacement::place, ids::first, config, vertx);
    }

    /**
     * @param placeTogether settles each of them, now or later, but for those it returns, whose accounts are locked; is
     *     called on an event loop
     */
    Placements(
            Function<List<PendingPlacement>, Uni<List<PendingPlacement>>> placeTogether,
            Function<NewOrder, UUID> firstId,
            PlacementConfig config,
            Vertx vertx) {
        this.placeTogether = placeTogether;
        this.firstId = firstId;
        this.config = config;
        this.vertx = vertx;
        room = new Semaphore(config.maxInFlight());
        putAside = new PutAside(this::tryAgain, config, vertx);
    }

    /**
     * Places an order; returns at once. A wish with an idempotency key has one order at most, however often and by how
     * many requests at once it is sent.
     *
     * @param traceparent the trace of its request, null where it has none
     * @return fails when the order could not be stored; its hold was released then, or expires
     */
    CompletionStage<Placement> place(NewOrder wish, @Nullable String traceparent) {
        PendingPlacement pending = PendingPlacement.of(firstId.apply(wish), wish, traceparent);
        if (room.tryAcquire()) {
            pending.outcome().whenComplete((placement, failure) -> room.release());
            add(pending);
        } else {
            pending.settle(new Placement.Overloaded());
        }
        return pending.outcome();
    }

    private synchronized void add(PendingPlacement pending) {
        waiting.add(pending);
        beginNext();
    }

    private synchronized void ended(int size) {
        underWay--;
        expected = Math.min(size + waiting.size(), config.batchSize());
        expectedUntilNanos = System.nanoTime() + config.linger().toNanos();
        beginNext();
    }

    private void tryAgain(List<PendingPlacement> batch) {
        begin(batch, putAside::ended);
    }

    /** Begins all batches that may begin now, and lets a timer look again when the next one may. */
    private void beginNext() {
        while (!waiting.isEmpty() && underWay < config.batches()) {
            long pauseNanos = pauseNanos();
            if (pauseNanos > 0) {
                lookAgainIn(pauseNanos);
                return;
            }
            underWay++;
            List<PendingPlacement> batch = new ArrayList<>();
            while (batch.size() < config.batchSize() && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            int size = batch.size();
            begin(batch, busy -> {
                putAside.add(busy);
                ended(size);
            });
        }
    }

    /** How long those that wait have to go on doing so, where nothing happens until then. */
    private long pauseNanos() {
        if (underWay > 0) {
            return config.patience().toNanos() - waiting.element().waitedNanos();
        }
        boolean worthwhile = expected >= CROWD && waiting.size() < expected;
        return worthwhile ? expectedUntilNanos - System.nanoTime() : 0;
    }

    private void lookAgainIn(long pauseNanos) {
        long due = System.nanoTime() + pauseNanos;
        if (timerNanos != null && timerNanos - due <= 0) {
            return;
        }
        timerNanos = due;
        // Rounded up: one that comes early would only be set again.
        vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(pauseNanos) + 1, timer -> {
            synchronized (this) {
                timerNanos = null;
                beginNext();
            }
        });
    }

    /**
     * On this event loop where the caller is on one, but with nothing of the request that it may be in.
     *
     * @param ended is told which of them are to be tried again
     */
    private void begin(List<PendingPlacement> batch, Consumer<List<PendingPlacement>> ended) {
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
                .runOnContext(apart -> Uni.createFrom()
                        .deferred(() -> placeInTime(batch))
                        .subscribe()
                        .with(ended, failure -> {
                            batch.forEach(each -> each.fail(failure));
                            ended.accept(List.of());
                        }));
    }

    private Uni<List<PendingPlacement>> placeInTime(List<PendingPlacement> batch) {
        batch.removeIf(this::refuseIfLate);
        return batch.isEmpty() ? Uni.createFrom().item(List.of()) : placeTogether.apply(batch);
    }

    private boolean refuseIfLate(PendingPlacement pending) {
        boolean late = pending.waitedNanos() > config.maxWait().toNanos();
        if (late) {
            pending.settle(new Placement.Overloaded());
        }
        return late;
    }
}
