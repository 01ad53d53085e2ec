package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.tracing.BatchSpans;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Where a business transaction leaves the messages it causes: they are published if and only if it commits. */
@ApplicationScoped
public class Outbox {
    /** Told after the commit of a transaction that appended messages. */
    record Appended() {}

    private static final Appended APPENDED = new Appended();

    private final Database database;
    private final MessageSpans spans;
    private final Event<Appended> appended;

    Outbox(Database database, MessageSpans spans, Event<Appended> appended) {
        this.database = database;
        this.spans = spans;
        this.appended = appended;
    }

    /**
     * A statement for {@link #appendCaused}.
     *
     * @param cause writes what causes the messages, and returns the {@code order_id} of each subject it did so for
     */
    public static String causedBy(String cause) {
        return OutboxEntry.insertCausedBy(cause);
    }

    /**
     * Appends those of the messages whose cause the same statement writes: with no transaction to join, the whole of it is
     * one round trip and one commit.
     *
     * @param statement made by {@link #causedBy}
     * @param causeParameters those of the cause, as {@link Database} takes them
     * @param messages one of each subject
     * @return the subjects of those whose cause was written, and the message with it
     */
    public Set<UUID> appendCaused(String statement, List<Object> causeParameters, List<OutboxMessage> messages) {
        Set<UUID> caused;
        try (BatchSpans created = spans.create(messages)) {
            List<Object> parameters = new ArrayList<>(causeParameters);
            parameters.addAll(OutboxEntry.parameters(messages, created));
            caused = new HashSet<>(
                    database.query(statement, row -> Database.uuid(row, "order_id"), parameters.toArray()));
        }
        if (!caused.isEmpty()) {
            appended.fire(APPENDED);
        }
        return caused;
    }

    /**
     * Appends one message.
     *
     * @throws jakarta.transaction.TransactionalException when there is no transaction to join
     */
    @Transactional(TxType.MANDATORY)
    public void append(OutboxMessage message) {
        insert(List.of(message));
    }

    /**
     * Appends the messages in their order, by one statement.
     *
     * @throws jakarta.transaction.TransactionalException when there is no transaction to join
     */
    @Transactional(TxType.MANDATORY)
    public void append(List<OutboxMessage> messages) {
        if (!messages.isEmpty()) {
            insert(messages);
        }
    }

    private void insert(List<OutboxMessage> messages) {
        try (BatchSpans created = spans.create(messages)) {
            database.update(
                    OutboxEntry.INSERT,
                    OutboxEntry.parameters(messages, created).toArray());
        }
        appended.fire(APPENDED);
    }
}
