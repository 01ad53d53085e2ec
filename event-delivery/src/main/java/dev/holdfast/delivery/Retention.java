package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Deletes sent events, inbox entries and dead letters that were handled, where they are older than {@link
 * DeliveryConfig.Retention} says, in bounded steps.
 */
@ApplicationScoped
class Retention {
    /** The age is asked for twice: a dead letter that waits again since the first look stays. */
    private static final String REMOVE_DEAD_LETTERS = """
            with due as (select now() - ? * interval '1 millisecond' as before)
            delete from dead_letter using due where handled_at < due.before and id = any(array(
                select id from dead_letter where handled_at < (select before from due)
                order by handled_at limit ?))
            """;

    private final Database database;
    private final Clock clock;
    private final DeliveryConfig.Retention config;

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
        purgeOutbox();
        purge(() -> InboxEntry.removeReceivedBefore(clock.instant().minus(config.inbox()), config.batchSize()));
        purge(() -> database.update(REMOVE_DEAD_LETTERS, config.deadLetters().toMillis(), config.batchSize()));
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
    private void purge(LongSupplier step) {
        while (QuarkusTransaction.requiringNew().call(step::getAsLong) == config.batchSize()) {
            // The next step deletes what this one left.
        }
    }
}
