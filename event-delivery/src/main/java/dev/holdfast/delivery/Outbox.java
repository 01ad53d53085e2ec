package dev.holdfast.delivery;

import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
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
    private static final String INSERT_MANY =
            INSERT + "select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::text[])";
    private static final String INSERT_CAUSED = INSERT + "select ?, ?, ?, ?, ?, ? from cause";

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
        int bind(PreparedStatement statement) throws SQLException;
    }

    /**
     * A statement for {@link #appendCaused}.
     *
     * @param cause writes what causes the event, and returns a row if it did
     */
    public static String causedBy(String cause) {
        return "with cause as (" + cause + ")" + INSERT_CAUSED;
    }

    /**
     * Appends one event if the same statement writes its cause: with no transaction to join, the whole of it is one round
     * trip and one commit.
     *
     * @param statement made by {@link #causedBy}
     * @param cause sets the parameters of the cause
     * @return whether the cause was written, and the event with it
     */
    public boolean appendCaused(String statement, Binder cause, PaymentEvent event) {
        boolean caused;
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(statement)) {
            int first = cause.bind(insert);
            insert.setObject(first, event.eventId());
            insert.setObject(first + 1, event.orderId());
            insert.setString(first + 2, event.type());
            insert.setString(first + 3, event.destination());
            insert.setBytes(first + 4, PaymentEventJson.write(event));
            insert.setString(first + 5, TraceContext.of(event.orderId()));
            caused = insert.executeUpdate() > 0;
        } catch (SQLException e) {
            throw new DatabaseException("An event and its cause could not be stored", e);
        }
        if (caused) {
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
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT_MANY)) {
            insert.setArray(1, connection.createArrayOf("uuid", eventIds));
            insert.setArray(2, connection.createArrayOf("uuid", orderIds));
            insert.setArray(3, connection.createArrayOf("text", types));
            insert.setArray(4, connection.createArrayOf("text", destinations));
            insert.setArray(5, connection.createArrayOf("bytea", payloads));
            insert.setArray(6, connection.createArrayOf("text", traceparents));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("Events could not be appended to the outbox", e);
        }
        appended.fire(APPENDED);
    }
}
