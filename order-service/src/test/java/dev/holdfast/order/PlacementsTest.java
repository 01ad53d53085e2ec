package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacementsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Placement DONE = new Placement.KeyExhausted();

    /** The batches, as they begin; each goes on when it is let go. */
    private final LinkedBlockingQueue<Batch> begun = new LinkedBlockingQueue<>();

    private final List<Batch> all = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private Placements placements = placements(new Config(LONG, LONG, 4));

    private record Config(Duration patience, Duration linger, Duration maxWait, int maxInFlight)
            implements PlacementConfig {
        Config(Duration patience, Duration maxWait, int maxInFlight) {
            this(patience, Duration.ZERO, maxWait, maxInFlight);
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
        public int lone() {
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

    private record Batch(List<PendingPlacement> pending, CompletableFuture<List<PendingPlacement>> go) {
        void end() {
            pending.forEach(each -> each.settle(DONE));
            go.complete(List.of());
        }

        void findTheirAccountsLocked() {
            go.complete(pending);
        }
    }

    private Placements placements(Config config) {
        return new Placements(this::place, wish -> UUID.randomUUID(), config, vertx);
    }

    private Uni<List<PendingPlacement>> place(List<PendingPlacement> pending) {
        Batch batch = new Batch(List.copyOf(pending), new CompletableFuture<>());
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
        assertThat(begun.poll(100, TimeUnit.MILLISECONDS)).isNull();
        first.end();
        assertThat(next().pending).hasSize(2);
    }

    @Test
    void asManyAsWereThereBeforeAreWaitedFor() throws InterruptedException {
        placements = placements(new Config(LONG, LONG, LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        order();
        first.end();
        assertThat(begun.poll(100, TimeUnit.MILLISECONDS)).isNull();
        order();
        assertThat(next().pending).hasSize(4);
    }

    @Test
    void aFewAreNotWorthWaitingFor() throws InterruptedException {
        placements = placements(new Config(LONG, LONG, LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        first.end();
        assertThat(next().pending).hasSize(2);
    }

    @Test
    void thoseWhoDoNotComeAreWaitedForOnlyAMoment() throws InterruptedException {
        placements = placements(new Config(LONG, Duration.ofMillis(50), LONG, 10));
        order();
        Batch first = next();
        order();
        order();
        order();
        first.end();
        assertThat(next().pending).hasSize(3);
    }

    @Test
    void aBatchHasABound() throws InterruptedException {
        placements = placements(new Config(LONG, LONG, 10));
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
        placements = placements(new Config(Duration.ofMillis(50), LONG, 4));
        order();
        next();
        order();
        assertThat(next().pending).hasSize(1);
    }

    @Test
    void aBatchThatFailsTellsEachOfItsOrdersAndMakesRoom() throws InterruptedException {
        IllegalStateException failure = new IllegalStateException("no database");
        placements = new Placements(
                batch -> {
                    throw failure;
                },
                wish -> UUID.randomUUID(),
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
        placements = placements(new Config(LONG, Duration.ZERO, 4));
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
        placements = new Placements(
                batch -> Uni.createFrom().item(List.copyOf(batch)),
                wish -> UUID.randomUUID(),
                new Config(LONG, Duration.ofMillis(200), 4),
                vertx);
        assertThat(order().get(10, TimeUnit.SECONDS)).isEqualTo(new Placement.Overloaded());
    }

    private CompletableFuture<Placement> order() {
        return placements
                .place(new NewOrder(UUID.randomUUID(), BigDecimal.ONE, null, null), null)
                .toCompletableFuture();
    }

    private Batch next() throws InterruptedException {
        Batch batch = begun.poll(10, TimeUnit.SECONDS);
        assertThat(batch).as("a batch").isNotNull();
        all.add(batch);
        return batch;
    }
}
