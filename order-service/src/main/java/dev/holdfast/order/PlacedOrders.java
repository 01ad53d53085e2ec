package dev.holdfast.order;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The orders in the database. */
@ApplicationScoped
public class PlacedOrders {
    private static final String INSERT = Outbox.causedBy("""
            insert into orders (id, user_id, amount, description, idempotency_key, created_at, updated_at)
            select id, ?, ?, ?, ?, ?, ? from (select ?::uuid as id) as candidate
            where not exists (select from compensation where order_id = candidate.id and kind = 'ABANDON')
            on conflict do nothing returning id
            """);

    private final Outbox outbox;

    PlacedOrders(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Stores a new order and the request for its payment, or neither, by one statement. An order of the same id or the
     * same idempotency key that is being stored at this moment is waited for.
     *
     * @return false when there is such an order already, or the id was given up; nothing was stored then
     */
    public boolean add(Order order) {
        return outbox.appendCaused(
                INSERT,
                insert -> bind(order, insert),
                new PaymentRequested(
                        UuidCreator.getTimeOrderedEpoch(), order.id, order.userId, order.amount, order.createdAt));
    }

    private static int bind(Order order, PreparedStatement insert) throws SQLException {
        insert.setObject(1, order.userId);
        insert.setBigDecimal(2, order.amount);
        insert.setString(3, order.description);
        insert.setString(4, order.idempotencyKey);
        insert.setObject(5, order.createdAt.atOffset(ZoneOffset.UTC));
        insert.setObject(6, order.updatedAt.atOffset(ZoneOffset.UTC));
        insert.setObject(7, order.id);
        return 8;
    }

    /** The order that came of a wish under this id, or of the same idempotency key under another. */
    @Transactional
    public Optional<Order> placed(NewOrder wish, UUID id) {
        Optional<Order> sameId = find(wish.userId(), id);
        return sameId.isPresent() ? sameId : placedWithKeyOf(wish);
    }

    /** The order that won the idempotency key of this wish; empty where the wish has none. */
    @Transactional
    public Optional<Order> placedWithKeyOf(NewOrder wish) {
        return wish.idempotencyKey() == null
                ? Optional.empty()
                : Order.find("userId = ?1 and idempotencyKey = ?2", wish.userId(), wish.idempotencyKey())
                        .firstResultOptional();
    }

    /** An order of this user; another user's is as good as none. */
    @Transactional
    public Optional<Order> find(UUID userId, UUID id) {
        return Order.find("id = ?1 and userId = ?2", id, userId).firstResultOptional();
    }

    /** The user's orders, newest first, from the cursor on. */
    @Transactional
    public Page<Order> page(UUID userId, PageLimit limit, @Nullable Cursor cursor, @Nullable OrderStatus status) {
        StringBuilder query = new StringBuilder("userId = :userId");
        Parameters parameters = Parameters.with("userId", userId);
        if (status != null) {
            query.append(" and status = :status");
            parameters.and("status", status);
        }
        if (cursor != null) {
            query.append(" and (createdAt, id) < (:at, :id)");
            parameters.and("at", cursor.at()).and("id", cursor.id());
        }
        query.append(" order by createdAt desc, id desc");
        return Page.of(
                Order.<Order>find(query.toString(), parameters)
                        .range(0, limit.rows())
                        .list(),
                limit,
                last -> new Cursor(last.createdAt, last.id));
    }
}
