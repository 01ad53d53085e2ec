package dev.holdfast.order.inquiry;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.delivery.OutboxEntry;
import dev.holdfast.delivery.OutboxMessage;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.event.PaymentRequested;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Asks payments again about orders that are NEW for too long: request and note of it in one transaction. */
@ApplicationScoped
class Inquiries {
    /** Of all advisory locks in this database; held to the end of the transaction, so that replicas take turns. */
    private static final long LOCK = 4_217_001;

    private static final String TRY_LOCK = "select pg_try_advisory_xact_lock(?)";

    // An order whose request was not even sent is not waiting for payments. Unsent events are few, or nothing is asked.
    private static final String ASK = """
            with waiting as materialized (
                select id, user_id, coalesce(capture_amount, amount) as amount from orders
                 where status = 'NEW' and created_at <= now() - ? * interval '1 millisecond'
                   and (capture_requested_at is null or capture_requested_at <= now() - ? * interval '1 millisecond')
                   and not exists (select from unnest(?::uuid[]) as unsent (order_id) where unsent.order_id = orders.id)
                   and not exists (select from payment_inquiry
                                    where payment_inquiry.order_id = orders.id and next_at > now())
                 order by created_at limit ? for update of orders skip locked),
            noted as (
                insert into payment_inquiry (order_id, user_id, times, next_at)
                select id, user_id, 1, now() + ? * interval '1 millisecond' from waiting
                on conflict (order_id) do update
                   set times = payment_inquiry.times + 1, asked_at = now(),
                       next_at = now() + least(? * power(2, least(payment_inquiry.times, 20)), ?)
                                         * interval '1 millisecond')
            select id, user_id, amount, now() from waiting
            """;
    private static final String FORGET = """
            delete from payment_inquiry where order_id = any(array(
                select order_id from payment_inquiry join orders on orders.id = payment_inquiry.order_id
                 where next_at <= now() and status <> 'NEW' order by next_at limit ?))
            """;

    private final Database database;
    private final Outbox outbox;
    private final InquiryConfig config;

    Inquiries(Database database, Outbox outbox, InquiryConfig config) {
        this.database = database;
        this.outbox = outbox;
        this.config = config;
    }

    /**
     * Asks about those that wait longest, a batch of them at most, in a transaction of its own.
     *
     * @return how many; 0 also while another replica is at it
     */
    @Transactional(TxType.REQUIRES_NEW)
    int askAboutOldest() {
        if (!database.only(TRY_LOCK, row -> row.getBoolean(1), LOCK)) {
            return 0;
        }
        List<UUID> unsent = OutboxEntry.unsentSubjects(config.maxUnsent());
        if (unsent.size() == config.maxUnsent()) {
            return 0;
        }
        List<PaymentRequested> requests = database.query(
                ASK,
                Inquiries::request,
                config.after().toMillis(),
                config.after().toMillis(),
                unsent.toArray(UUID[]::new),
                config.batchSize(),
                config.retryDelay().toMillis(),
                config.retryDelay().toMillis(),
                config.maxRetryDelay().toMillis());
        outbox.append(OutboxMessage.of(requests));
        return requests.size();
    }

    /** Removes the notes of orders that have ended, a batch of them at most. */
    void forgetEnded() {
        database.update(FORGET, config.batchSize() * config.maxBatches());
    }

    private static PaymentRequested request(ResultSet waiting) throws SQLException {
        return new PaymentRequested(
                UuidCreator.getTimeOrderedEpoch(),
                Database.uuid(waiting, "id"),
                Database.uuid(waiting, "user_id"),
                waiting.getBigDecimal("amount"),
                Database.instant(waiting, "now"));
    }
}
