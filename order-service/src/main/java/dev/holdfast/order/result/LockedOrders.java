package dev.holdfast.order.result;

import dev.holdfast.delivery.InboxEntry;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.order.OrderStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Locks the orders that results are about, and ends them, a batch at a time. Each statement finds its rows by {@code =
 * any(array)}, which is planned by index always.
 */
@ApplicationScoped
class LockedOrders {
    // A result whose order is locked by somebody else is put aside, and left out of the inbox.
    private static final String LOCK = """
            with incoming as materialized (
                select event_id, order_id, user_id
                  from unnest(?::uuid[], ?::uuid[], ?::uuid[]) as incoming (event_id, order_id, user_id)),
            locked as materialized (
                select id, user_id, coalesce(capture_amount, amount) as amount, status,
                    coalesce(capture_requested_at, created_at) as created_at, cancel_requested_at is not null as cancel_requested
                from orders where id = any (?) order by id for update skip locked),
            busy as materialized (
                select event_id from incoming where order_id <> all (array (select id from locked))
                    and exists (select from orders where orders.id = incoming.order_id)),
            """ + "first_seen as ("
            + InboxEntry.firstSeenOf("select distinct event_id, user_id from incoming"
                    + " where event_id <> all (array (select event_id from busy))")
            + """
            )
            select 'FIRST_SEEN' as row, event_id as id, null::uuid as user_id, null::numeric as amount,
                null::text as status, null::timestamptz as created_at, null::boolean as cancel_requested from first_seen
            union all select 'BUSY', event_id, null, null, null, null, null from busy
            union all select 'ORDER', id, user_id, amount, status, created_at, cancel_requested from locked
            """;

    // The states are a parameter, so that a plan never takes the index of all orders that are NEW for the one of their
    // ids.
    private static final String END = """
            with ended as (
                update orders set status = ?, reason = ?, updated_at = greatest(now(), created_at)
                where id = any (?) and status = any (?) returning id, user_id, status, reason, updated_at
            )
            insert into order_event (order_id, user_id, type, reason, occurred_at)
            select id, user_id, status, reason, updated_at from ended
            """;

    private static final String[] OPEN = Arrays.stream(OrderStatus.values())
            .filter(open -> !open.isTerminal())
            .map(OrderStatus::name)
            .toArray(String[]::new);

    private final Database database;

    LockedOrders(Database database) {
        this.database = database;
    }

    /**
     * What results are about.
     *
     * @param firstSeen the ids of the events that were not applied before
     * @param busy the ids of those whose orders are locked by somebody else; nothing was written for them
     * @param orders the orders of all others, as far as they exist, locked until the end of the transaction
     */
    record Received(Set<UUID> firstSeen, Set<UUID> busy, List<LockedOrder> orders) {}

    /** Locks the orders of the results and records the results in the inbox, in the caller's transaction, by one round trip. */
    @Transactional(TxType.MANDATORY)
    Received lock(List<PaymentEvent> results) {
        Received received =
                new Received(HashSet.newHashSet(results.size()), new HashSet<>(), new ArrayList<>(results.size()));
        UUID[] eventIds = results.stream().map(PaymentEvent::eventId).toArray(UUID[]::new);
        UUID[] orderIds = results.stream().map(PaymentEvent::orderId).toArray(UUID[]::new);
        UUID[] userIds = results.stream().map(PaymentEvent::userId).toArray(UUID[]::new);
        database.queryEach(LOCK, List.of(row -> add(row, received)), eventIds, orderIds, userIds, orderIds);
        return received;
    }

    private static void add(ResultSet row, Received received) throws SQLException {
        UUID id = Database.uuid(row, "id");
        switch (row.getString("row")) {
            case "FIRST_SEEN" -> received.firstSeen.add(id);
            case "BUSY" -> received.busy.add(id);
            default ->
                received.orders.add(new LockedOrder(
                        id,
                        Database.uuid(row, "user_id"),
                        row.getBigDecimal("amount"),
                        OrderStatus.stored(row.getString("status")),
                        Database.instant(row, "created_at"),
                        row.getBoolean("cancel_requested")));
        }
    }

    /** Makes locked orders terminal that are not yet, and writes their history. */
    @Transactional(TxType.MANDATORY)
    void end(List<LockedOrder> orders, OrderStatus status, @Nullable String reason) {
        int ended = database.update(
                END,
                status.name(),
                new Database.Text(reason),
                orders.stream().map(LockedOrder::id).toArray(UUID[]::new),
                OPEN);
        if (ended != orders.size()) {
            throw new IllegalStateException(
                    "Of " + orders.size() + " locked orders that were open only " + ended + " became " + status);
        }
    }
}
