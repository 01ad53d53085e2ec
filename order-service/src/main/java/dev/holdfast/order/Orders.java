package dev.holdfast.order;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.delivery.OutboxMessage;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.JsonLength;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The orders in the database. */
@ApplicationScoped
public class Orders {
    // Sorted, so that two replicas that were sent the same keys wait for each other instead of deadlocking. The
    // function makes an id that is being given up at this moment wait for this statement, or the other way round.
    private static final String INSERT = Outbox.causedBy("""
            insert into orders (id, user_id, amount, description, idempotency_key, created_at, updated_at)
            select id, user_id, amount, description, key, created_at, created_at
            from unnest(?::uuid[], ?::uuid[], ?::numeric[], ?::text[], ?::text[], ?::timestamptz[])
                as request (id, user_id, amount, description, key, created_at)
            where id <> all (array (select order_ids_given_up(?, ?)))
            order by user_id, key
            on conflict do nothing returning id as order_id
            """);
    // The same of orders whose payment is requested later.
    private static final String INSERT_AUTHORIZED = """
            insert into orders
                (id, user_id, amount, description, idempotency_key, created_at, updated_at, status, authorized_until)
            select id, user_id, amount, description, key, created_at, created_at, ?, authorized_until
            from unnest(?::uuid[], ?::uuid[], ?::numeric[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[])
                as request (id, user_id, amount, description, key, created_at, authorized_until)
            where id <> all (array (select order_ids_given_up(?, ?)))
            order by user_id, key
            on conflict do nothing returning id
            """;
    // One row for each pair by its index: a join with them is planned as a full scan on fresh tables.
    private static final String WITH_KEYS = """
            select earlier.* from unnest(?::uuid[], ?::text[]) as request (user_id, key),
                lateral (select * from orders where user_id = request.user_id and idempotency_key = request.key limit 1) as earlier
            """;

    /** Of an order in a list, without its description and what was said with its cancellation. */
    private static final int JSON_BYTES = 435;

    private static final String WITH_IDS = "select * from orders where id = any (?)";

    private final Database database;
    private final Outbox outbox;
    private final AuthorizationConfig authorization;

    Orders(Database database, Outbox outbox, AuthorizationConfig authorization) {
        this.database = database;
        this.outbox = outbox;
        this.authorization = authorization;
    }

    /** A new order, not stored yet. */
    public Order create(UUID id, OrderRequest request, Instant now) {
        return request.manual()
                ? Order.authorized(id, request, now, now.plus(authorization.expiry()))
                : Order.create(id, request, now);
    }

    /**
     * Stores new orders, each with the request for its payment unless that is to be asked for, by one statement. Orders of the same ids or the same
     * idempotency keys that are being stored at this moment are waited for.
     *
     * @param orders all of them AUTHORIZED, or none
     * @param wait how long each of those is waited for at most
     * @return the ids of those that were stored; the others exist already, or their ids were given up
     */
    public Set<UUID> add(List<Order> orders, Duration wait) {
        if (orders.getFirst().isManual()) {
            return addAuthorized(orders, wait);
        }
        return outbox.appendCaused(
                INSERT,
                parameters(orders, wait),
                orders.stream()
                        .map(Orders::paymentRequested)
                        .map(OutboxMessage::of)
                        .toList());
    }

    private Set<UUID> addAuthorized(List<Order> orders, Duration wait) {
        List<Object> parameters = new ArrayList<>(parameters(orders, wait));
        parameters.add(6, orders.stream().map(order -> order.authorizedUntil).toArray(Instant[]::new));
        parameters.addFirst(OrderStatus.AUTHORIZED.name());
        return new HashSet<>(database.query(INSERT_AUTHORIZED, row -> Database.uuid(row, "id"), parameters.toArray()));
    }

    private static PaymentEvent paymentRequested(Order order) {
        return new PaymentRequested(
                UuidCreator.getTimeOrderedEpoch(), order.id, order.userId, order.amount, order.createdAt);
    }

    private static List<Object> parameters(List<Order> orders, Duration wait) {
        UUID[] ids = orders.stream().map(order -> order.id).toArray(UUID[]::new);
        return List.of(
                ids,
                orders.stream().map(order -> order.userId).toArray(UUID[]::new),
                orders.stream().map(order -> order.amount).toArray(BigDecimal[]::new),
                orders.stream().map(order -> order.description).toArray(String[]::new),
                orders.stream().map(order -> order.idempotencyKey).toArray(String[]::new),
                orders.stream().map(order -> order.createdAt).toArray(Instant[]::new),
                ids,
                wait.toMillis() + "ms");
    }

    /** The order that won the idempotency key of this request; empty where it has none. */
    @Transactional
    public Optional<Order> placedWithKeyOf(OrderRequest request) {
        return request.idempotencyKey() == null
                ? Optional.empty()
                : Order.find("userId = ?1 and idempotencyKey = ?2", request.userId(), request.idempotencyKey())
                        .firstResultOptional();
    }

    /** The orders that won the idempotency keys of these requests; see {@link OrderRequest#isKeyOf}. */
    public List<Order> placedWithKeysOf(List<OrderRequest> requests) {
        return database.query(
                WITH_KEYS,
                Order::read,
                requests.stream().map(OrderRequest::userId).toArray(UUID[]::new),
                requests.stream().map(OrderRequest::idempotencyKey).toArray(String[]::new));
    }

    /** The orders of these ids, whoever placed them. */
    public List<Order> placedUnder(List<UUID> ids) {
        return database.query(WITH_IDS, Order::read, (Object) ids.toArray(UUID[]::new));
    }

    /** An order of this user; empty if it is another user's. */
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
            parameters.and("status", status.name());
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
                Orders::jsonLength,
                last -> new Cursor(last.createdAt, last.id));
    }

    /** How long it is in a list, or a little less. */
    static int jsonLength(Order order) {
        return JSON_BYTES + JsonLength.of(order.description) + JsonLength.of(order.reasonText);
    }
}
