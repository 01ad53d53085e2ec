package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.Attempt;
import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.delivery.Original;
import dev.holdfast.delivery.Senders;
import dev.holdfast.rest.access.Acting;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Applies dead letters, as the consumer of their queue would. They do not go over the broker, which lets this service publish in
 * nobody's name but its own; and only what the right sender has sent is applied. A dead letter counts as replayed once it is
 * applied; a crash just before, like two replays, applies it twice, and the inbox drops the second. It is claimed for that time,
 * and not locked; the audit has its beginning with the claim and its end with the mark, as another transaction applies it.
 */
@ApplicationScoped
public class Replays {
    private static final Logger LOG = Logger.getLogger(Replays.class);
    private static final int REMAINING_COUNTED_MAX = 10_000;
    /** With one more attempt it ends before the gateway, or a person, gives up. */
    private static final Duration MANY_TIME_LIMIT = Duration.ofSeconds(5);

    /** Longer than an attempt takes. A process that dies meanwhile leaves the dead letter until then. */
    private static final Duration CLAIM_LEASE = Duration.ofSeconds(15);

    private static final Set<DeadLetterStatus> REPLAYABLE = Set.of(DeadLetterStatus.WAITING, DeadLetterStatus.REPLAYED);
    private static final Duration TURN_TIMEOUT = Duration.ofSeconds(2);

    private final DeadLetterTable table;
    private final BatchConsumers consumers;
    private final Senders senders;
    private final MeterRegistry metrics;
    /** One at a time, so that they take no more than one connection of the database. */
    private final Semaphore turn = new Semaphore(1);

    Replays(DeadLetterTable table, BatchConsumers consumers, Senders senders, MeterRegistry metrics) {
        this.table = table;
        this.consumers = consumers;
        this.senders = senders;
        this.metrics = metrics;
    }

    /** Replays one dead letter, also one that was replayed before. */
    ReplayResult replay(UUID id, Acting operator) {
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
    ReplayedMany replayMany(String reason, int limit, Acting operator) {
        if (!takeTurn()) {
            return ended(reason, 0, 0, "another replay is running");
        }
        long start = System.nanoTime();
        int replayed = 0;
        int failed = 0;
        try {
            for (UUID id : table.replayable(reason, limit)) {
                if (System.nanoTime() - start > MANY_TIME_LIMIT.toNanos()) {
                    return ended(
                            reason,
                            replayed,
                            failed,
                            "it took longer than " + MANY_TIME_LIMIT.toSeconds() + " seconds");
                }
                ReplayResult result = replayInTurn(id, operator, true);
                if (result instanceof ReplayResult.NotTaken(String why)) {
                    return ended(reason, replayed, failed, why);
                }
                replayed += result instanceof ReplayResult.Replayed ? 1 : 0;
                failed += result instanceof ReplayResult.FailedAgain ? 1 : 0;
            }
            return ended(reason, replayed, failed, null);
        } finally {
            turn.release();
        }
    }

    private ReplayedMany ended(String reason, int replayed, int failed, @Nullable String stoppedBecause) {
        return new ReplayedMany(replayed, failed, table.countReplayable(reason, REMAINING_COUNTED_MAX), stoppedBecause);
    }

    private boolean takeTurn() {
        try {
            return turn.tryAcquire(TURN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ReplayResult replayInTurn(UUID id, Acting operator, boolean onlyIfWaiting) {
        Set<DeadLetterStatus> statuses = onlyIfWaiting ? Set.of(DeadLetterStatus.WAITING) : REPLAYABLE;
        DeadLetterTable.Claimed claimed = QuarkusTransaction.requiringNew()
                .call(() -> table.claim(id, statuses, CLAIM_LEASE, operator).orElse(null));
        if (claimed == null) {
            return whyNot(id, statuses);
        }
        DeadLetter deadLetter = claimed.deadLetter();
        Attempt attempt;
        try {
            attempt = consumers.applyOnce(deadLetter.summary().queue(), deadLetter.body(), traceparent(deadLetter));
        } catch (RuntimeException e) {
            release(claimed, operator, "internal_error");
            throw e;
        }
        return switch (attempt) {
            case Attempt.Applied applied -> replayed(claimed, operator);
            case Attempt.Failed(String reason) -> failedAgain(claimed, reason, operator);
            case Attempt.Later(String why) -> {
                release(claimed, operator, DeadLetterResource.NOT_TAKEN);
                yield new ReplayResult.NotTaken(why);
            }
        };
    }

    private void release(DeadLetterTable.Claimed claimed, Acting operator, String code) {
        QuarkusTransaction.requiringNew().run(() -> table.release(claimed, operator, code));
    }

    private ReplayResult replayed(DeadLetterTable.Claimed claimed, Acting operator) {
        DeadLetterSummary deadLetter = QuarkusTransaction.requiringNew().call(() -> table.replayed(claimed, operator));
        count("holdfast.dead.letters.replayed", deadLetter);
        LOG.infof("Dead letter %s of queue %s was replayed", deadLetter.id(), deadLetter.queue());
        return new ReplayResult.Replayed(deadLetter);
    }

    private ReplayResult failedAgain(DeadLetterTable.Claimed claimed, String reason, Acting operator) {
        DeadLetterSummary deadLetter =
                QuarkusTransaction.requiringNew().call(() -> table.failedAgain(claimed, reason, operator));
        count("holdfast.dead.letters", deadLetter);
        count("holdfast.dead.letters.failed.again", deadLetter);
        LOG.errorf("Dead letter %s of queue %s failed again: %s", deadLetter.id(), deadLetter.queue(), reason);
        return new ReplayResult.FailedAgain(deadLetter);
    }

    private void count(String counter, DeadLetterSummary deadLetter) {
        metrics.counter(counter, "queue", deadLetter.queue()).increment();
    }

    private static @Nullable String traceparent(DeadLetter deadLetter) {
        return new Original(deadLetter.properties(), deadLetter.headers()).text("traceparent");
    }

    private ReplayResult whyNot(UUID id, Set<DeadLetterStatus> statuses) {
        DeadLetter deadLetter = table.find(id).orElse(null);
        if (deadLetter == null) {
            return new ReplayResult.NotFound();
        } else if (!statuses.contains(deadLetter.summary().status())) {
            return new ReplayResult.NotReplayable(deadLetter.summary().status());
        } else if (deadLetter.payloadTruncated()) {
            return new ReplayResult.Truncated();
        } else if (!senders.accepts(deadLetter.sender())) {
            return new ReplayResult.WrongSender();
        }
        return new ReplayResult.Busy();
    }
}
