package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.OrderRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacementQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Placement DONE = new Placement.KeyExhausted();

    /** The batches, as they begin; each goes on when it is let go. */
    private final LinkedBlockingQueue<Batch> begun = new LinkedBlockingQueue<>();

    private final List<Batch> all = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private PlacementQueue queue = queueWith(new Config(LONG, LONG, 4));

    private record Config(Duration maxBatchWait, Duration gatherTime, Duration maxWait, int maxInFlight)
            implements PlacementConfig {
        Config(Duration maxBatchWait, Duration maxWait, int maxInFlight) {
            this(maxBatchWait, Duration.ZERO, maxWait, maxInFlight);
        }

        @Override
        public int batches() {
            return 2;
        }

        @Override
        public int batchSize() {
            return 4;
        }

        @Override
        public int statements() {
            return 1;
        }

        @Override
        public int singleOrders() {
            return 1;
        }

        @Override
        public Duration busyPause() {
            return Duration.ofMillis(20);
        }

        @Override
        public Duration secretOverlap() {
            return LONG;
        }
    }

    private record Batch(
            List<PendingOrder> pending, Consumer<PendingOrder> queue, CompletableFuture<List<PendingOrder>> go) {
        void end() {
            pending.forEach(each -> each.settle(DONE));
            go.complete(List.of());
        }

        void findTheirIdsUsedUp() {
            pending.forEach(each -> queue.accept(each.under(UUID.randomUUID(), each.attempt() + 1)));
            go.complete(List.of());
        }

        void findTheirAccountsLocked() {
            go.complete(pending);
        }
    }

    private PlacementQueue queueWith(Config config) {
        return new PlacementQueue(this::place, request -> UUID.randomUUID(), config, vertx);
    }

    private Uni<List<PendingOrder>> place(List<PendingOrder> pending, Consumer<PendingOrder> again) {
        Batch batch = new Batch(List.copyOf(pending), again, new CompletableFuture<>());
        begun.add(batch);
        return Uni.createFrom().completionStage(batch.go);
    }

    @AfterEach
    void stop() {
        all.forEach(Batch::end);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void placesALoneOrderAtOnce() throws InterruptedException {
        CompletableFuture<Placement> placed = order();
        Batch batch = next();
        assertThat(batch.pending).hasSize(1);
        batch.end();
        assertThat(placed).isCompletedWithValue(DONE);
    }

    @Test
    void thoseThatComeWhileABatchIsUnderWayAreTheNextOne() throws InterruptedException {
        order();
        Batch first = next();
        order();
        order();
        first.end();
        assertThat(next().pending).hasSize(2);
    }

    @Test
    void asManyAsWereThereBeforeAreWaitedFor() throws InterruptedException {
        queue = queueWith(new Config(LONG, LONG, LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        order();
        first.end();
        order();
        assertThat(next().pending).hasSize(4);
    }

    @Test
    void aFewAreNotWorthWaitingFor() throws InterruptedException {
        queue = queueWith(new Config(LONG, LONG, LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        first.end();
        assertThat(next().pending).hasSize(2);
    }

    @Test
    void thoseWhoDoNotComeAreWaitedForOnlyAMoment() throws InterruptedException {
        queue = queueWith(new Config(LONG, Duration.ofMillis(50), LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        order();
        first.end();
        assertThat(next().pending).hasSize(3);
    }

    @Test
    void afterABatchThatTookLongTheyAreWaitedForLonger() throws InterruptedException {
        order();
        Batch first = next();
        order();
        order();
        order();
        TimeUnit.MILLISECONDS.sleep(500);
        first.end();
        order();
        assertThat(next().pending).hasSize(4);
    }

    @Test
    void aBatchHasABound() throws InterruptedException {
        queue = queueWith(new Config(LONG, LONG, 10));
        order();
        Batch first = next();
        for (int i = 0; i < 5; i++) {
            order();
        }
        first.end();
        Batch second = next();
        assertThat(second.pending).hasSize(4);
        second.end();
        assertThat(next().pending).hasSize(1);
    }

    @Test
    void aBatchThatTakesLongIsPassedByTheNext() throws InterruptedException {
        queue = queueWith(new Config(Duration.ofMillis(50), LONG, 4));
        order();
        next();
        order();
        assertThat(next().pending).hasSize(1);
    }

    @Test
    void aBatchThatFailsTellsEachOfItsOrdersAndMakesRoom() throws InterruptedException {
        IllegalStateException failure = new IllegalStateException("no database");
        queue = new PlacementQueue(
                (batch, again) -> {
                    throw failure;
                },
                request -> UUID.randomUUID(),
                new Config(LONG, LONG, 4),
                vertx);
        for (int i = 0; i < 3; i++) {
            assertThat(order())
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCause(failure);
        }
    }

    @Test
    void refusesWhatItHasNoRoomForUntilOthersHaveEnded() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            assertThat(order()).isNotDone();
        }
        assertThat(order()).isCompletedWithValue(new Placement.Overloaded());
        next().end();
        next().end();
        assertThat(order()).isNotDone();
    }

    @Test
    void refusesWhatHasWaitedForTooLong() throws Exception {
        queue = queueWith(new Config(LONG, Duration.ZERO, 4));
        assertThat(order().get(10, TimeUnit.SECONDS)).isEqualTo(new Placement.Overloaded());
        assertThat(begun).isEmpty();
    }

    @Test
    void thoseWhoseAccountsAreLockedAreTriedAgainApartFromTheOthers() throws Exception {
        CompletableFuture<Placement> first = order();
        CompletableFuture<Placement> second = order();
        next().findTheirAccountsLocked();
        next().findTheirAccountsLocked();
        Batch again = next();
        CompletableFuture<Placement> other = order();
        Batch ofTheOther = next();
        assertThat(ofTheOther.pending).hasSize(1);
        ofTheOther.end();
        assertThat(other).isCompletedWithValue(DONE);
        assertThat(first).isNotDone();
        again.end();
        if (again.pending.size() == 1) {
            next().end();
        }
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(DONE);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(DONE);
    }

    @Test
    void anAccountThatStaysLockedIsAnsweredAsOverloadInTime() throws Exception {
        queue = new PlacementQueue(
                (batch, again) -> Uni.createFrom().item(List.copyOf(batch)),
                request -> UUID.randomUUID(),
                new Config(LONG, Duration.ofMillis(200), 4),
                vertx);
        assertThat(order().get(10, TimeUnit.SECONDS)).isEqualTo(new Placement.Overloaded());
    }

    @Test
    void anOrderWhoseIdIsUsedUpIsPartOfALaterBatchUnderAnother() throws Exception {
        CompletableFuture<Placement> placed = order();
        Batch first = next();
        first.findTheirIdsUsedUp();
        Batch second = next();
        assertThat(second.pending.getFirst().attempt()).isEqualTo(2);
        assertThat(second.pending.getFirst().id())
                .isNotEqualTo(first.pending.getFirst().id());
        second.end();
        assertThat(placed.get(10, TimeUnit.SECONDS)).isEqualTo(DONE);
    }

    private CompletableFuture<Placement> order() {
        return queue.place(new OrderRequest(UUID.randomUUID(), BigDecimal.ONE, null, null), null)
                .toCompletableFuture();
    }

    private Batch next() throws InterruptedException {
        Batch batch = begun.poll(10, TimeUnit.SECONDS);
        assertThat(batch).as("a batch").isNotNull();
        all.add(batch);
        return batch;
    }
}
