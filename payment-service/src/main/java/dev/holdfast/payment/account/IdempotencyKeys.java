package dev.holdfast.payment.account;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.RegularWork;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.account.MoveResult.Moved;
import dev.holdfast.payment.account.MoveResult.NotMoved;
import dev.holdfast.rest.IdempotencyKey;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import java.util.UUID;

/** Remembers the answers to requests that came with an idempotency key. */
@ApplicationScoped
public class IdempotencyKeys {
    private static final String LOCK =
            "select pg_try_advisory_xact_lock(hashtextextended(cast(? as text) || ' ' || ?, 0))";
    private static final String FIND = "select fingerprint, answer from idempotency_key where user_id = ? and key = ?";
    private static final String ANSWER = """
            insert into idempotency_key (user_id, key, fingerprint, answer, created_at)
            values (?, ?, ?, ?, statement_timestamp())
            """;
    private static final String REMOVE = """
            delete from idempotency_key where ctid = any(array(
                select ctid from idempotency_key where created_at < statement_timestamp() - ? * interval '1 millisecond'
                 order by created_at limit ?
                   for update skip locked))
            """;

    private final RegularWork removal = new RegularWork("The removal of old idempotency keys");
    private final Database database;
    private final PaymentConfig.Idempotency config;

    IdempotencyKeys(Database database, PaymentConfig config) {
        this.database = database;
        this.config = config.idempotency();
    }

    /**
     * Claims the key for the caller's transaction, without waiting; while it is claimed, no other can claim it.
     *
     * @param fingerprint what must be the same in a repeated request
     * @return how to answer without a move; empty where the key is new, and so claimed
     */
    @Transactional(TxType.MANDATORY)
    public Optional<MoveResult> claim(UUID userId, IdempotencyKey key, String fingerprint) {
        if (!database.only(LOCK, row -> row.getBoolean(1), userId, key.value())) {
            return Optional.of(NotMoved.KEY_IN_PROGRESS);
        }
        return database.first(
                FIND,
                row -> row.getString("fingerprint").equals(fingerprint)
                        ? new Moved(row.getString("answer"), true)
                        : NotMoved.KEY_REUSED,
                userId,
                key.value());
    }

    /** Keeps the answer together with what the caller's transaction did. */
    @Transactional(TxType.MANDATORY)
    public void answer(UUID userId, IdempotencyKey key, String fingerprint, String answer) {
        database.update(ANSWER, userId, key.value(), fingerprint, answer);
    }

    @Scheduled(
            every = "${holdfast.payments.idempotency.clean-interval:10m}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void removeOld() {
        removal.run(this::removeAllOld);
    }

    private void removeAllOld() {
        int removed;
        do {
            removed = database.update(REMOVE, config.retention().toMillis(), config.cleanBatchSize());
        } while (removed == config.cleanBatchSize());
    }
}
