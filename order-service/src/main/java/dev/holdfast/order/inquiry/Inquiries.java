package dev.holdfast.order.inquiry;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.event.PaymentRequested;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** Asks payments again about orders that are NEW for too long: request and note of it in one transaction. */
@ApplicationScoped
class Inquiries {
    /** Of all advisory locks in this database; held to the end of the transaction, so that replicas take turns. */
    private static final long LOCK = 4_217_001;

    private static final String TRY_LOCK = "select pg_try_advisory_xact_lock(?)";

    // An order whose request was not even sent is not waiting for payments. Unsent events are few, or nothing is asked.
    private static final String ASK = """
            with unsent as materialized (
                select order_id from outbox where sent_at is null order by next_attempt_at, seq limit ?),
            waiting as materialized (
                select id, user_id, amount from orders
                 where status = 'NEW' and created_at <= now() - ? * interval '1 millisecond'
                   and (select count(*) from unsent) < ?
                   and not exists (select from unsent where unsent.order_id = orders.id)
                   and not exists (select from payment_inquiry
                                    where payment_inquiry.order_id = orders.id and next_at > now())
                 order by created_at limit ? for update of orders skip locked),
            noted as (
                insert into payment_inquiry (order_id, times, next_at)
                select id, 1, now() + ? * interval '1 millisecond' from waiting
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

    private final DataSource dataSource;
    private final Outbox outbox;
    private final InquiryConfig config;

    Inquiries(DataSource dataSource, Outbox outbox, InquiryConfig config) {
        this.dataSource = dataSource;
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
        try (Connection connection = dataSource.getConnection()) {
            if (!lock(connection)) {
                return 0;
            }
            List<PaymentRequested> requests = note(connection);
            outbox.append(requests);
            return requests.size();
        } catch (SQLException e) {
            throw new DatabaseException("Waiting orders could not be asked about", e);
        }
    }

    /** Removes the notes of orders that have ended, a batch of them at most. */
    void forgetEnded() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setInt(1, config.batchSize() * config.maxBatches());
            forget.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Notes of ended orders could not be removed", e);
        }
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(TRY_LOCK)) {
            lock.setLong(1, LOCK);
            try (ResultSet taken = lock.executeQuery()) {
                taken.next();
                return taken.getBoolean(1);
            }
        }
    }

    private List<PaymentRequested> note(Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(ASK)) {
            ask.setInt(1, config.maxUnsent());
            ask.setLong(2, config.after().toMillis());
            ask.setInt(3, config.maxUnsent());
            ask.setInt(4, config.batchSize());
            ask.setLong(5, config.retryDelay().toMillis());
            ask.setLong(6, config.retryDelay().toMillis());
            ask.setLong(7, config.maxRetryDelay().toMillis());
            List<PaymentRequested> requests = new ArrayList<>();
            try (ResultSet waiting = ask.executeQuery()) {
                while (waiting.next()) {
                    requests.add(new PaymentRequested(
                            UuidCreator.getTimeOrderedEpoch(),
                            waiting.getObject(1, UUID.class),
                            waiting.getObject(2, UUID.class),
                            waiting.getBigDecimal(3),
                            waiting.getObject(4, OffsetDateTime.class).toInstant()));
                }
            }
            return requests;
        }
    }
}
