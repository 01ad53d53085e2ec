package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.RegularWork;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.function.IntSupplier;

/**
 * Deletes sent events, inbox entries and dead letters that were handled, where they are older than {@link
 * DeliveryConfig.Retention} says, in bounded steps.
 */
@ApplicationScoped
class Retention {
    /** The time is asked for twice: a dead letter that waits again since the first look stays. */
    private static final String REMOVE_DEAD_LETTERS = """
            delete from dead_letter where handled_at < ? and id = any(array(
                select id from dead_letter where handled_at < ? order by handled_at limit ?))
            """;

    private final Database database;
    private final Clock clock;
    private final DeliveryConfig.Retention config;
    private final RegularWork work = new RegularWork("The removal of what is old");

    Retention(Database database, Clock clock, DeliveryConfig config) {
        this.database = database;
        this.clock = clock;
        this.config = config.retention();
    }

    @Scheduled(
            identity = "delivery-retention",
            every = "${holdfast.retention.every:10m}",
            delayed = "${holdfast.retention.every:10m}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void purge() {
        work.run(this::purgeAll);
    }

    private void purgeAll() {
        purgeOutbox();
        purge(() -> InboxEntry.removeReceivedBefore(clock.instant().minus(config.inbox()), config.batchSize()));
        Instant handledBefore = clock.instant().minus(config.deadLetters());
        purge(() -> database.update(REMOVE_DEAD_LETTERS, handledBefore, handledBefore, config.batchSize()));
    }

    private void purgeOutbox() {
        Instant before = clock.instant().minus(config.outbox());
        OutboxEntry.Removal step = new OutboxEntry.Removal(0, false);
        while (!step.done()) {
            long after = step.reached();
            step = QuarkusTransaction.requiringNew()
                    .call(() -> OutboxEntry.removeSent(after, before, config.batchSize()));
        }
    }

    /** Until a step removes less than it may. */
    private void purge(IntSupplier step) {
        while (QuarkusTransaction.requiringNew().call(step::getAsInt) == config.batchSize()) {
            // The next step deletes what this one left.
        }
    }
}
