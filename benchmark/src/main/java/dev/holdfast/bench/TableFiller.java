package dev.holdfast.bench;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.invariants.Database;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Writes orders with all their rows on both sides, as the services would have left them: many that have ended long ago, so
 * that the tables are large, or many at once whose payment is still to be asked for, as after the broker was away.
 */
final class TableFiller {
    private static final int CHUNK = 10_000;
    private static final BigDecimal AMOUNT = new BigDecimal("1.00");

    private static final String ENDED_ORDERS = """
            with new_order as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as new_order (id, user_id, request_id, result_id, payload)),
            placed as (
                insert into orders (id, user_id, amount, description, status, created_at, updated_at)
                select id, user_id, 1, 'load', 'FINISHED', now(), now() from new_order),
            ended as (
                insert into order_event (order_id, type, occurred_at) select id, 'FINISHED', now() from new_order),
            received as (insert into inbox (event_id) select result_id from new_order)
            insert into outbox (event_id, order_id, type, destination, payload, sent_at)
            select request_id, id, 'payment_requested', 'payment_requests', payload, now() from new_order
            """;
    // Before their transfers, which get their numbers from them.
    private static final String ACCOUNTS =
            "insert into account (user_id, created_at, updated_at) select *, now(), now() from unnest(?::uuid[])";
    private static final String ENDED_PAYMENTS = """
            with new_order as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as new_order (id, user_id, request_id, result_id, payload)),
            held as (
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select id, user_id, 1, 'CAPTURED', now(), now(), now() from new_order),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                select '00000000-0000-0000-0000-000000000001', user_id, 1, 'DEPOSIT', null, now() from new_order
                union all
                select user_id, '00000000-0000-0000-0000-000000000002', 1, 'CAPTURE', id, now() from new_order),
            received as (insert into inbox (event_id) select request_id from new_order)
            insert into outbox (event_id, order_id, type, destination, payload, sent_at)
            select result_id, id, 'payment_succeeded', 'payment_results', payload, now() from new_order
            """;
    private static final String OPEN_HOLDS = """
            with new_order as (select * from unnest(?::uuid[], ?::uuid[]) as new_order (id, user_id)),
            reserved as (
                update account set held = held + (select count(*) from new_order where new_order.user_id = account.user_id)
                 where user_id = any(array(select user_id from new_order)))
            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            select id, user_id, 1, 'HELD', now() + interval '1 hour', now(), now() from new_order
            """;
    private static final String OPEN_ORDERS = """
            with new_order as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as new_order (id, user_id, request_id, payload)),
            placed as (
                insert into orders (id, user_id, amount, description, created_at, updated_at)
                select id, user_id, 1, 'load', now(), now() from new_order)
            insert into outbox (event_id, order_id, type, destination, payload)
            select request_id, id, 'payment_requested', 'payment_requests', payload from new_order
            """;

    private static final List<Function<NewOrder, UUID>> REQUESTS =
            List.of(NewOrder::id, NewOrder::userId, order -> order.request.eventId());
    private static final List<Function<NewOrder, UUID>> REQUESTS_AND_RESULTS =
            List.of(NewOrder::id, NewOrder::userId, order -> order.request.eventId(), order -> order.result.eventId());

    private final Database orders;
    private final Database payments;

    TableFiller(Database orders, Database payments) {
        this.orders = orders;
        this.payments = payments;
    }

    private record NewOrder(UUID id, UUID userId, PaymentEvent request, PaymentEvent result) {
        static NewOrder of(UUID userId) {
            UUID id = UuidCreator.getTimeOrderedEpoch();
            Instant now = Instant.now();
            return new NewOrder(
                    id,
                    userId,
                    new PaymentRequested(UuidCreator.getTimeOrderedEpoch(), id, userId, AMOUNT, now),
                    new PaymentSucceeded(UuidCreator.getTimeOrderedEpoch(), id, userId, AMOUNT, now));
        }
    }

    /** Writes orders that are FINISHED and paid, each of an account of its own with nothing left on it. */
    void writeEnded(int count) throws SQLException {
        try (Connection ofOrders = orders.open();
                Connection ofPayments = payments.open()) {
            for (int done = 0; done < count; done += CHUNK) {
                List<NewOrder> newOrders = new ArrayList<>();
                for (int i = 0; i < Math.min(CHUNK, count - done); i++) {
                    newOrders.add(NewOrder.of(UUID.randomUUID()));
                }
                // In this order a reader of both sides never finds money without an order.
                write(ofOrders, ENDED_ORDERS, newOrders, REQUESTS_AND_RESULTS, NewOrder::request);
                try (PreparedStatement open = ofPayments.prepareStatement(ACCOUNTS)) {
                    open.setArray(1, ids(ofPayments, newOrders, NewOrder::userId));
                    open.executeUpdate();
                }
                write(ofPayments, ENDED_PAYMENTS, newOrders, REQUESTS_AND_RESULTS, NewOrder::result);
            }
            analyze(ofOrders);
            analyze(ofPayments);
        }
    }

    /** Writes orders that are NEW, with money held and the request for their payment unsent; all appear at one moment. */
    void writeOpen(int count, List<UUID> users) throws SQLException {
        try (Connection ofOrders = orders.open();
                Connection ofPayments = payments.open()) {
            ofOrders.setAutoCommit(false);
            for (int done = 0; done < count; done += CHUNK) {
                List<NewOrder> newOrders = new ArrayList<>();
                for (int i = done; i < Math.min(done + CHUNK, count); i++) {
                    newOrders.add(NewOrder.of(users.get(i % users.size())));
                }
                try (PreparedStatement hold = ofPayments.prepareStatement(OPEN_HOLDS)) {
                    hold.setArray(1, ids(ofPayments, newOrders, NewOrder::id));
                    hold.setArray(2, ids(ofPayments, newOrders, NewOrder::userId));
                    hold.executeUpdate();
                }
                write(ofOrders, OPEN_ORDERS, newOrders, REQUESTS, NewOrder::request);
            }
            ofOrders.commit();
        }
    }

    /** @param events whose payload is written */
    private static void write(
            Connection connection,
            String sql,
            List<NewOrder> orders,
            List<Function<NewOrder, UUID>> ids,
            Function<NewOrder, PaymentEvent> events)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int next = 1;
            for (Function<NewOrder, UUID> id : ids) {
                insert.setArray(next++, ids(connection, orders, id));
            }
            byte[][] payloads =
                    orders.stream().map(events).map(PaymentEventJson::write).toArray(byte[][]::new);
            insert.setArray(next, connection.createArrayOf("bytea", payloads));
            insert.executeUpdate();
        }
    }

    private static Array ids(Connection connection, List<NewOrder> newOrders, Function<NewOrder, UUID> id)
            throws SQLException {
        return connection.createArrayOf("uuid", newOrders.stream().map(id).toArray(UUID[]::new));
    }

    private static void analyze(Connection connection) throws SQLException {
        try (PreparedStatement analyze = connection.prepareStatement("analyze")) {
            analyze.execute();
        }
    }
}
