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
            with wish as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as wish (id, user_id, request_id, result_id, payload)),
            placed as (
                insert into orders (id, user_id, amount, description, status, created_at, updated_at)
                select id, user_id, 1, 'load', 'FINISHED', now(), now() from wish),
            ended as (
                insert into order_event (order_id, type, occurred_at) select id, 'FINISHED', now() from wish),
            received as (insert into inbox (event_id) select result_id from wish)
            insert into outbox (event_id, order_id, type, destination, payload, sent_at)
            select request_id, id, 'payment_requested', 'payment_requests', payload, now() from wish
            """;
    private static final String ENDED_PAYMENTS = """
            with wish as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as wish (id, user_id, request_id, result_id, payload)),
            opened as (
                insert into account (user_id, created_at, updated_at) select user_id, now(), now() from wish),
            held as (
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select id, user_id, 1, 'CAPTURED', now(), now(), now() from wish),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                select '00000000-0000-0000-0000-000000000001', user_id, 1, 'DEPOSIT', null, now() from wish
                union all
                select user_id, '00000000-0000-0000-0000-000000000002', 1, 'CAPTURE', id, now() from wish),
            received as (insert into inbox (event_id) select request_id from wish)
            insert into outbox (event_id, order_id, type, destination, payload, sent_at)
            select result_id, id, 'payment_succeeded', 'payment_results', payload, now() from wish
            """;
    private static final String OPEN_HOLDS = """
            with wish as (select * from unnest(?::uuid[], ?::uuid[]) as wish (id, user_id)),
            reserved as (
                update account set held = held + (select count(*) from wish where wish.user_id = account.user_id)
                 where user_id = any(array(select user_id from wish)))
            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            select id, user_id, 1, 'HELD', now() + interval '1 hour', now(), now() from wish
            """;
    private static final String OPEN_ORDERS = """
            with wish as (
                select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::bytea[])
                    as wish (id, user_id, request_id, payload)),
            placed as (
                insert into orders (id, user_id, amount, description, created_at, updated_at)
                select id, user_id, 1, 'load', now(), now() from wish)
            insert into outbox (event_id, order_id, type, destination, payload)
            select request_id, id, 'payment_requested', 'payment_requests', payload from wish
            """;

    private final Database orders;
    private final Database payments;

    TableFiller(Database orders, Database payments) {
        this.orders = orders;
        this.payments = payments;
    }

    private record Wish(UUID id, UUID userId, PaymentEvent request, PaymentEvent result) {
        static Wish of(UUID userId) {
            UUID id = UuidCreator.getTimeOrderedEpoch();
            Instant now = Instant.now();
            return new Wish(
                    id,
                    userId,
                    new PaymentRequested(UuidCreator.getTimeOrderedEpoch(), id, userId, AMOUNT, now),
                    new PaymentSucceeded(UuidCreator.getTimeOrderedEpoch(), id, userId, AMOUNT, now));
        }
    }

    /** Writes orders that are FINISHED and paid, each of an account of its own with nothing left on it. */
    void writeEnded(int count) throws SQLException {
        try (Connection ours = orders.open();
                Connection theirs = payments.open()) {
            for (int done = 0; done < count; done += CHUNK) {
                List<Wish> wishes = new ArrayList<>();
                for (int i = 0; i < Math.min(CHUNK, count - done); i++) {
                    wishes.add(Wish.of(UUID.randomUUID()));
                }
                // In this order a reader of both sides never finds money without an order.
                write(ours, ENDED_ORDERS, wishes, true, wish -> PaymentEventJson.write(wish.request));
                write(theirs, ENDED_PAYMENTS, wishes, true, wish -> PaymentEventJson.write(wish.result));
            }
            analyze(ours);
            analyze(theirs);
        }
    }

    /** Writes orders that are NEW, with money held and the request for their payment unsent; all appear at one moment. */
    void writeOpen(int count, List<UUID> users) throws SQLException {
        try (Connection ours = orders.open();
                Connection theirs = payments.open()) {
            ours.setAutoCommit(false);
            for (int done = 0; done < count; done += CHUNK) {
                List<Wish> wishes = new ArrayList<>();
                for (int i = done; i < Math.min(done + CHUNK, count); i++) {
                    wishes.add(Wish.of(users.get(i % users.size())));
                }
                try (PreparedStatement hold = theirs.prepareStatement(OPEN_HOLDS)) {
                    hold.setArray(1, ids(theirs, wishes, Wish::id));
                    hold.setArray(2, ids(theirs, wishes, Wish::userId));
                    hold.executeUpdate();
                }
                write(ours, OPEN_ORDERS, wishes, false, wish -> PaymentEventJson.write(wish.request));
            }
            ours.commit();
        }
    }

    private static void write(
            Connection connection, String sql, List<Wish> wishes, boolean withResult, Function<Wish, byte[]> payload)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int next = 1;
            insert.setArray(next++, ids(connection, wishes, Wish::id));
            insert.setArray(next++, ids(connection, wishes, Wish::userId));
            insert.setArray(next++, ids(connection, wishes, wish -> wish.request.eventId()));
            if (withResult) {
                insert.setArray(next++, ids(connection, wishes, wish -> wish.result.eventId()));
            }
            insert.setArray(
                    next,
                    connection.createArrayOf(
                            "bytea", wishes.stream().map(payload).toArray(byte[][]::new)));
            insert.executeUpdate();
        }
    }

    private static Array ids(Connection connection, List<Wish> wishes, Function<Wish, UUID> id) throws SQLException {
        return connection.createArrayOf("uuid", wishes.stream().map(id).toArray(UUID[]::new));
    }

    private static void analyze(Connection connection) throws SQLException {
        try (PreparedStatement analyze = connection.prepareStatement("analyze")) {
            analyze.execute();
        }
    }
}
