package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.Broker;
import dev.holdfast.delivery.ConfirmingPublisher;
import dev.holdfast.delivery.Original;
import dev.holdfast.delivery.OutgoingProperties;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes dead letters again, to the queue they came from. A dead letter counts as replayed once the broker has confirmed
 * it; a crash just before publishes it twice, as do two replays, and the inbox drops the second. It is claimed for that
 * time, and not locked.
 */
@ApplicationScoped
public class Replays {
    private static final Logger LOG = Logger.getLogger(Replays.class);
    private static final int REMAINING_COUNTED_MAX = 10_000;
    private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(3);
    /** With one more connection attempt and confirm it ends before the gateway, or a person, gives up. */
    private static final Duration MANY_TIME_LIMIT = Duration.ofSeconds(5);

    /** Longer than a connection attempt and a confirm take. A process that dies meanwhile leaves the dead letter until then. */
    private static final Duration CLAIM_LEASE = Duration.ofSeconds(15);

    private static final Set<DeadLetterStatus> REPLAYABLE = Set.of(DeadLetterStatus.WAITING, DeadLetterStatus.REPLAYED);
    private static final Duration TURN_TIMEOUT = Duration.ofSeconds(2);

    private final DeadLetterTable table;
    private final ConfirmingPublisher publisher;
    private final MeterRegistry metrics;
    /** One at a time: they share a channel. */
    private final Semaphore turn = new Semaphore(1);

    Replays(DeadLetterTable table, Broker broker, MeterRegistry metrics) {
        this.table = table;
        this.metrics = metrics;
        publisher = new ConfirmingPublisher(broker, "replays", CONFIRM_TIMEOUT);
    }

    void stop(@Observes ShutdownEvent stopping) {
        publisher.stop();
    }

    /** Replays one dead letter, also one that was replayed before. */
    ReplayResult replay(UUID id, @Nullable String operator) {
        if (!takeTurn()) {
            return new ReplayResult.Busy();
        }
        try {
            return replayInTurn(id, operator, false);
        } finally {
            turn.release();
        }
    }

    /** Replays dead letters that wait and whose reason contains the text, those that failed last at the end, until one is not taken. */
    ReplayedMany replayMany(String reason, int limit, @Nullable String operator) {
        if (!takeTurn()) {
            return ended(reason, 0, "another replay is running");
        }
        long start = System.nanoTime();
        int replayed = 0;
        try {
            for (UUID id : table.replayable(reason, limit)) {
                if (System.nanoTime() - start > MANY_TIME_LIMIT.toNanos()) {
                    return ended(reason, replayed, "it took longer than " + MANY_TIME_LIMIT.toSeconds() + " seconds");
                }
                ReplayResult result = replayInTurn(id, operator, true);
                if (result instanceof ReplayResult.NotTaken(String why)) {
                    return ended(reason, replayed, why);
                }
                replayed += result instanceof ReplayResult.Replayed ? 1 : 0;
            }
            return ended(reason, replayed, null);
        } finally {
            turn.release();
        }
    }

    private ReplayedMany ended(String reason, int replayed, @Nullable String stoppedBecause) {
        return new ReplayedMany(replayed, table.countReplayable(reason, REMAINING_COUNTED_MAX), stoppedBecause);
    }

    private boolean takeTurn() {
        try {
            return turn.tryAcquire(TURN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ReplayResult replayInTurn(UUID id, @Nullable String operator, boolean onlyIfWaiting) {
        Set<DeadLetterStatus> statuses = onlyIfWaiting ? Set.of(DeadLetterStatus.WAITING) : REPLAYABLE;
        DeadLetterTable.Claimed claimed = table.claim(id, statuses, CLAIM_LEASE).orElse(null);
        if (claimed == null) {
            return whyNot(id, statuses);
        }
        String failure;
        try {
            failure = publish(claimed.deadLetter());
        } catch (RuntimeException e) {
            table.release(id);
            throw e;
        }
        if (failure != null) {
            table.release(id);
            return new ReplayResult.NotTaken("the broker did not take it: " + failure);
        }
        DeadLetterSummary deadLetter = QuarkusTransaction.requiringNew().call(() -> table.replayed(claimed, operator));
        metrics.counter("holdfast.dead.letters.replayed", "queue", deadLetter.queue())
                .increment();
        LOG.infof("Dead letter %s of queue %s was replayed", deadLetter.id(), deadLetter.queue());
        return new ReplayResult.Replayed(deadLetter);
    }

    private ReplayResult whyNot(UUID id, Set<DeadLetterStatus> statuses) {
        DeadLetter deadLetter = table.find(id).orElse(null);
        if (deadLetter == null) {
            return new ReplayResult.NotFound();
        } else if (!statuses.contains(deadLetter.summary().status())) {
            return new ReplayResult.NotReplayable(deadLetter.summary().status());
        } else if (deadLetter.payloadTruncated()) {
            return new ReplayResult.Truncated();
        }
        return new ReplayResult.Busy();
    }

    /** Returns why it was not taken, or null. */
    private @Nullable String publish(DeadLetter deadLetter) {
        ConfirmingPublisher.Outgoing message = new ConfirmingPublisher.Outgoing(
                Topology.EXCHANGE,
                deadLetter.summary().queue(),
                OutgoingProperties.replay(
                        deadLetter.messageId(), new Original(deadLetter.properties(), deadLetter.headers())),
                deadLetter.body());
        try {
            return publisher.publish(List.of(message)).getFirst();
        } catch (IOException e) {
            return "it cannot be reached";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the service stops";
        }
    }
}
