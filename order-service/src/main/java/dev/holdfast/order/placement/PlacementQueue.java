package dev.holdfast.order.placement;

import dev.holdfast.order.OrderRequest;
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
 * Collects orders that come at the same time into batches. While a batch is under way, the next one gathers. It begins as
 * soon as it is as large as the last one, because clients that got their answers come again, or after a moment. So a single
 * order waits for nobody, and under load many share their round trips and commits. A batch that takes long, because payments
 * does not answer, holds the next one up for a moment only.
 */
@ApplicationScoped
class PlacementQueue {
    /** A smaller batch saves too little to be waited for. */
    private static final int BATCH_WORTH_WAITING_FOR = 4;

    /** Places batches. */
    @FunctionalInterface
    interface Placer {
        /**
         * Settles each of them, now or later, except those it returns. Called on an event loop.
         *
         * @param queue takes those that are to be part of a later batch
         * @return those whose accounts are locked
         */
        Uni<List<PendingOrder>> place(List<PendingOrder> batch, Consumer<PendingOrder> queue);
    }

    private final Placer placer;
    private final Function<OrderRequest, UUID> firstId;
    private final PlacementConfig config;
    private final Vertx vertx;
    private final Semaphore room;
    private final BusyAccountQueue busyAccounts;
    /** Guarded by this, as is all that follows. */
    private final ArrayDeque<PendingOrder> waiting = new ArrayDeque<>();

    private int underWay;
    /** The size that the next batch may reach if its clients come again: those of the last batch and those that waited. */
    private int expected;

    private long expectedUntilNanos = System.nanoTime();
    /** When the soonest timer looks for the next batch; null where no other has been set since one did. */
    private @Nullable Long timerNanos;

    @Inject
    PlacementQueue(BatchPlacement batchPlacement, OrderIds ids, PlacementConfig config, Vertx vertx) {
        this(batchPlacement::place, request -> ids.id(request, 1), config, vertx);
    }

    PlacementQueue(Placer placer, Function<OrderRequest, UUID> firstId, PlacementConfig config, Vertx vertx) {
        this.placer = placer;
        this.firstId = firstId;
        this.config = config;
        this.vertx = vertx;
        room = new Semaphore(config.maxInFlight());
        busyAccounts = new BusyAccountQueue(this::tryAgain, config, vertx);
    }

    /**
     * Places an order; returns at once. A request with an idempotency key has one order at most, however
     * often it is sent and however many are under way.
     *
     * @param traceparent the trace of its request, null where it has none
     * @return fails when the order could not be stored; its hold was released then, or expires
     */
    CompletionStage<Placement> place(OrderRequest request, @Nullable String traceparent) {
        PendingOrder pending = PendingOrder.first(firstId.apply(request), request, traceparent);
        if (room.tryAcquire()) {
            pending.outcome().whenComplete((placement, failure) -> room.release());
            add(pending);
        } else {
            pending.settle(new Placement.Overloaded());
        }
        return pending.outcome();
    }

    private synchronized void add(PendingOrder pending) {
        waiting.add(pending);
        beginNext();
    }

    private synchronized void ended(int size, long begunNanos) {
        underWay--;
        expected = Math.min(size + waiting.size(), config.batchSize());
        long nowNanos = System.nanoTime();
        expectedUntilNanos = nowNanos + gatherNanos(nowNanos - begunNanos);
        beginNext();
    }

    /** Where the last batch took long, clients need longer to come again, too. */
    private long gatherNanos(long tookNanos) {
        return Math.max(
                config.gatherTime().toNanos(),
                Math.min(tookNanos, config.maxBatchWait().toNanos()) / 2);
    }

    private void tryAgain(List<PendingOrder> batch) {
        begin(batch, busyAccounts::ended);
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
            List<PendingOrder> batch = new ArrayList<>();
            while (batch.size() < config.batchSize() && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            int size = batch.size();
            long begunNanos = System.nanoTime();
            begin(batch, busy -> {
                busyAccounts.add(busy);
                ended(size, begunNanos);
            });
        }
    }

    /** How long those that wait have to go on doing so, where nothing happens until then. */
    private long pauseNanos() {
        if (underWay > 0) {
            return config.maxBatchWait().toNanos() - waiting.element().waitedNanos();
        }
        boolean worthwhile = expected >= BATCH_WORTH_WAITING_FOR && waiting.size() < expected;
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
    private void begin(List<PendingOrder> batch, Consumer<List<PendingOrder>> ended) {
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
                .runOnContext(apart -> Uni.createFrom()
                        .deferred(() -> placeInTime(batch))
                        .subscribe()
                        .with(ended, failure -> {
                            batch.forEach(each -> each.fail(failure));
                            ended.accept(List.of());
                        }));
    }

    private Uni<List<PendingOrder>> placeInTime(List<PendingOrder> batch) {
        // A copy that failed with its batch may have been queued behind the one it waited for.
        batch.removeIf(each -> each.outcome().isDone() || refuseIfLate(each));
        return batch.isEmpty() ? Uni.createFrom().item(List.of()) : placer.place(batch, this::add);
    }

    private boolean refuseIfLate(PendingOrder pending) {
        boolean late = pending.waitedNanos() > config.maxWait().toNanos();
        if (late) {
            pending.settle(new Placement.Overloaded());
        }
        return late;
    }
}
