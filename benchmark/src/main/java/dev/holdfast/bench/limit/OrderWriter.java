package dev.holdfast.bench.limit;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.invariants.Database;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes the rows of one order after the other over one connection: each of the four durable commits is one statement
 * and one round trip. The outbox is marked for many orders at once and without waiting for the disk, as the relay does.
 */
final class OrderWriter implements AutoCloseable {
    private static final BigDecimal AMOUNT = new BigDecimal("1.00");
    private static final int MARKED_AT_ONCE = 64;
    /** As the services have it: without it, a plan made while a table was empty scans it once it is full. */
    private static final String PARAMETERS = "&prepareThreshold=1&options=-c%20enable_seqscan%3Doff";

    private static final String HOLD = """
            with reserved as (
                update payments.account set held = held + ?, updated_at = now()
                where user_id = ? and balance - held >= ? returning user_id)
            insert into payments.hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            select ?, user_id, ?, 'HELD', now() + interval '2 minutes', now(), now() from reserved
            """;
    private static final String PLACE = """
            with placed as (
                insert into orders.orders (id, user_id, amount, description, created_at, updated_at)
                values (?, ?, ?, 'load', now(), now()))
            insert into orders.outbox (event_id, order_id, type, destination, payload)
            values (?, ?, ?, ?, ?) returning seq
            """;
    private static final String CAPTURE = """
            with received as (insert into payments.inbox (event_id) values (?)),
            captured as (update payments.hold set status = 'CAPTURED', updated_at = now() where order_id = ?),
            booked as (
                insert into payments.transfer (debit_account, credit_account, amount, kind, order_id, created_at,
                                               version, balance_after, hash)
                values (?, '00000000-0000-0000-0000-000000000002', ?, 'CAPTURE', ?, now(), 1, 1, sha256('a transfer'))),
            appended as (
                insert into payments.outbox (event_id, order_id, type, destination, payload)
                values (?, ?, ?, ?, ?) returning seq)
            update payments.account set balance = balance - ?, held = held - ?, updated_at = now(),
                   version = 1, booked = balance, booked_at = now(), head = sha256('a transfer')
            where user_id = ? returning (select seq from appended)
            """;
    private static final String FINISH = """
            with received as (insert into orders.inbox (event_id) values (?)),
            ended as (
                update orders.orders set status = 'FINISHED', updated_at = now()
                where id = ? and status = 'NEW' returning id, updated_at)
            insert into orders.order_event (order_id, type, occurred_at) select id, 'FINISHED', updated_at from ended
            """;

    private final Connection connection;
    private final PreparedStatement hold;
    private final PreparedStatement place;
    private final PreparedStatement capture;
    private final PreparedStatement finish;
    private final PreparedStatement markRequests;
    private final PreparedStatement markResults;
    private final List<Long> unmarkedRequests = new ArrayList<>();
    private final List<Long> unmarkedResults = new ArrayList<>();

    OrderWriter(Database database) throws SQLException {
        connection = new Database(database.jdbcUrl() + PARAMETERS).open();
        hold = connection.prepareStatement(HOLD);
        place = connection.prepareStatement(PLACE);
        capture = connection.prepareStatement(CAPTURE);
        finish = connection.prepareStatement(FINISH);
        markRequests = connection.prepareStatement("update orders.outbox set sent_at = now() where seq = any (?)");
        markResults = connection.prepareStatement("update payments.outbox set sent_at = now() where seq = any (?)");
    }

    /** Takes an order of that user to its end. */
    void write(UUID userId) throws SQLException {
        UUID orderId = UuidCreator.getTimeOrderedEpoch();
        Instant now = Instant.now();
        hold(userId, orderId);
        var request = new PaymentRequested(UuidCreator.getTimeOrderedEpoch(), orderId, userId, AMOUNT, now);
        unmarkedRequests.add(place(request));
        var result = new PaymentSucceeded(UuidCreator.getTimeOrderedEpoch(), orderId, userId, AMOUNT, now);
        unmarkedResults.add(capture(request, result));
        finish(result);
        if (unmarkedResults.size() == MARKED_AT_ONCE) {
            markSent();
        }
    }

    /** Marks the rest, and ends the connection. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            markSent();
        }
    }

    private void hold(UUID userId, UUID orderId) throws SQLException {
        hold.setBigDecimal(1, AMOUNT);
        hold.setObject(2, userId);
        hold.setBigDecimal(3, AMOUNT);
        hold.setObject(4, orderId);
        hold.setBigDecimal(5, AMOUNT);
        expectOneRow(hold);
    }

    private long place(PaymentRequested request) throws SQLException {
        place.setObject(1, request.orderId());
        place.setObject(2, request.userId());
        place.setBigDecimal(3, AMOUNT);
        setEvent(place, 4, request);
        return sequence(place);
    }

    private long capture(PaymentRequested request, PaymentSucceeded result) throws SQLException {
        capture.setObject(1, request.eventId());
        capture.setObject(2, request.orderId());
        capture.setObject(3, request.userId());
        capture.setBigDecimal(4, AMOUNT);
        capture.setObject(5, request.orderId());
        setEvent(capture, 6, result);
        capture.setBigDecimal(11, AMOUNT);
        capture.setBigDecimal(12, AMOUNT);
        capture.setObject(13, request.userId());
        return sequence(capture);
    }

    private void finish(PaymentSucceeded result) throws SQLException {
        finish.setObject(1, result.eventId());
        finish.setObject(2, result.orderId());
        expectOneRow(finish);
    }

    private void markSent() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local synchronous_commit = off");
            mark(markRequests, unmarkedRequests);
            mark(markResults, unmarkedResults);
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void mark(PreparedStatement mark, List<Long> sequences) throws SQLException {
        mark.setArray(1, connection.createArrayOf("bigint", sequences.toArray()));
        mark.executeUpdate();
        sequences.clear();
    }

    private static void setEvent(PreparedStatement statement, int first, PaymentEvent event) throws SQLException {
        statement.setObject(first, event.eventId());
        statement.setObject(first + 1, event.orderId());
        statement.setString(first + 2, event.type());
        statement.setString(first + 3, event.destination());
        statement.setBytes(first + 4, PaymentEventJson.write(event));
    }

    private static long sequence(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void expectOneRow(PreparedStatement statement) throws SQLException {
        int rows = statement.executeUpdate();
        if (rows != 1) {
            throw new SQLException("The limit's own statement changed " + rows + " rows instead of 1");
        }
    }
}
