package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * Deletes sent events, inbox entries and dead letters that were handled, where they are older than {@link
 * DeliveryConfig.Retention} says, in bounded steps.
 */
@ApplicationScoped
class Retention {
    /** Walks the oldest rows in the order of their key: those that are due go, those unsent stay and are passed over. */
    private static final String PURGE_OUTBOX = """
            with oldest as (
                select seq, sent_at, created_at from outbox where seq > ? order by seq limit ?),
            deleted as (
                delete from outbox using oldest
                where outbox.seq = oldest.seq and oldest.sent_at < now() - make_interval(secs => ?))
            select max(seq) from oldest having max(created_at) < now() - make_interval(secs => ?)
            """;

    private static final String PURGE_INBOX = """
            delete from inbox where event_id = any(array(
                select event_id from inbox where received_at < now() - make_interval(secs => ?)
                order by received_at limit ?))
            """;

    /** The age is asked for twice: a dead letter that waits again since the first look stays. */
    private static final String PURGE_DEAD_LETTERS = """
            with due as (select now() - make_interval(secs => ?) as before)
            delete from dead_letter using due where handled_at < due.before and id = any(array(
                select id from dead_letter where handled_at < (select before from due)
                order by handled_at limit ?))
            """;

    private final Database database;
    private final DeliveryConfig.Retention config;

    Retention(Database database, DeliveryConfig config) {
        this.database = database;
        this.config = config.retention();
    }

    @Scheduled(
            identity = "delivery-retention",
            every = "${holdfast.retention.every:10m}",
            delayed = "${holdfast.retention.every:10m}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void purge() {
        purgeOutbox();
        purgeByAge(PURGE_INBOX, config.inbox());
        purgeByAge(PURGE_DEAD_LETTERS, config.deadLetters());
    }

    private void purgeOutbox() {
        double keepSeconds = seconds(config.outbox());
        Optional<Long> reached = Optional.of(0L);
        while (reached.isPresent()) {
            reached = database.first(
                    PURGE_OUTBOX, row -> row.getLong(1), reached.get(), config.batchSize(), keepSeconds, keepSeconds);
        }
    }

    private void purgeByAge(String sql, Duration keep) {
        while (database.update(sql, seconds(keep), config.batchSize()) == config.batchSize()) {
            // The next step deletes what this one left.
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
