package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where a business transaction leaves the events it causes: they are published if and only if it commits. */
@ApplicationScoped
public class Outbox {
    /** Told after the commit of a transaction that appended events. */
    record Appended() {}

    private static final Appended APPENDED = new Appended();
    private static final String INSERT = """
            insert into outbox (event_id, order_id, type, destination, payload, traceparent)
            """;
    private static final String EVENTS = """
            select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::text[])
                as event (event_id, order_id, type, destination, payload, traceparent)
            """;
    private static final String INSERT_MANY = INSERT + EVENTS;
    private static final String INSERT_CAUSED =
            INSERT + EVENTS + "where order_id in (select order_id from cause) returning order_id";

    private final DataSource dataSource;
    private final Event<Appended> appended;

    Outbox(DataSource dataSource, Event<Appended> appended) {
        this.dataSource = dataSource;
        this.appended = appended;
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    public interface Binder {
        /** @return the index of the first parameter that is not set yet */
        int bind(Connection connection, PreparedStatement statement) throws SQLException;
    }

    /**
     * A statement for {@link #appendCaused}.
     *
     * @param cause writes what causes the events, and returns the {@code order_id} of each order it did so for
     */
    public static String causedBy(String cause) {
        return "with cause as (" + cause + ")" + INSERT_CAUSED;
    }

    /**
     * Appends those of the events whose cause the same statement writes: with no transaction to join, the whole of it is
     * one round trip and one commit.
     *
     * @param statement made by {@link #causedBy}
     * @param cause sets the parameters of the cause
     * @param events one of each order
     * @return the order ids of those whose cause was written, and the event with it
     */
    public Set<UUID> appendCaused(String statement, Binder cause, Collection<? extends PaymentEvent> events) {
        Set<UUID> caused = HashSet.newHashSet(events.size());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(statement)) {
            bindEvents(connection, insert, cause.bind(connection, insert), events);
            try (ResultSet row = insert.executeQuery()) {
                while (row.next()) {
                    caused.add(row.getObject(1, UUID.class));
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("Events and their cause could not be stored", e);
        }
        if (!caused.isEmpty()) {
            appended.fire(APPENDED);
        }
        return caused;
    }

    /**
     * Appends one event.
     *
     * @throws jakarta.transaction.TransactionalException when there is no transaction to join
     */
    @Transactional(TxType.MANDATORY)
    public void append(PaymentEvent event) {
        insert(List.of(event));
    }

    /**
     * Appends the events in their order, by one statement.
     *
     * @throws jakarta.transaction.TransactionalException when there is no transaction to join
     */
    @Transactional(TxType.MANDATORY)
    public void append(Collection<? extends PaymentEvent> events) {
        if (!events.isEmpty()) {
            insert(events);
        }
    }

    private void insert(Collection<? extends PaymentEvent> events) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT_MANY)) {
            bindEvents(connection, insert, 1, events);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Events could not be appended to the outbox", e);
        }
        appended.fire(APPENDED);
    }

    private static void bindEvents(
            Connection connection, PreparedStatement insert, int first, Collection<? extends PaymentEvent> events)
            throws SQLException {
        int size = events.size();
        UUID[] eventIds = new UUID[size];
        UUID[] orderIds = new UUID[size];
        String[] types = new String[size];
        String[] destinations = new String[size];
        byte[][] payloads = new byte[size][];
        @Nullable String[] traceparents = new String[size];
        int i = 0;
        for (PaymentEvent event : events) {
            eventIds[i] = event.eventId();
            orderIds[i] = event.orderId();
            types[i] = event.type();
            destinations[i] = event.destination();
            payloads[i] = PaymentEventJson.write(event);
            traceparents[i] = TraceContext.of(event.orderId());
            i++;
        }
        insert.setArray(first, connection.createArrayOf("uuid", eventIds));
        insert.setArray(first + 1, connection.createArrayOf("uuid", orderIds));
        insert.setArray(first + 2, connection.createArrayOf("text", types));
        insert.setArray(first + 3, connection.createArrayOf("text", destinations));
        insert.setArray(first + 4, connection.createArrayOf("bytea", payloads));
        insert.setArray(first + 5, connection.createArrayOf("text", traceparents));
    }
}
