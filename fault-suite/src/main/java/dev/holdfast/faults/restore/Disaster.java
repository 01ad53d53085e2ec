package dev.holdfast.faults.restore;

import dev.holdfast.faults.MissedException;
import dev.holdfast.faults.Probe;
import dev.holdfast.faults.Signals;
import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.load.MessagePublisher;
import dev.holdfast.faults.load.RandomLoad;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.PostgresBackup;
import dev.holdfast.localstack.PostgresBackup.Moment;
import dev.holdfast.localstack.StackProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The loss of both databases, which customers used until then.
 *
 * @param early a moment after the base backup
 * @param late one some seconds later
 * @param ledger what the customers were told
 * @param messages the last that were on the broker
 */
record Disaster(PostgresBackup backup, Moment early, Moment late, Ledger ledger, List<Message> messages) {
    /** As it was published, in both directions. */
    record Message(String queue, UUID id, byte[] body) {}

    private static final int ORDERS_PER_SECOND = 15;
    /** In each direction. */
    private static final int MESSAGES = 30;

    private static final Duration ORDERED_WITHIN = Duration.ofSeconds(30);
    /** How long the broker stands still before each moment, so that orders are under way then. */
    private static final Duration STANDSTILL = Duration.ofMillis(1_500);

    /**
     * Lets customers use the stack, takes a backup meanwhile, and ends with the death of everything but the broker.
     *
     * @param part four times as long there are customers
     */
    static Disaster of(StackUnderTest stack, long seed, Duration part, Path directory, Consumer<String> progress)
            throws IOException, SQLException, InterruptedException {
        PostgresBackup backup = PostgresBackup.of(stack.postgres(), directory);
        try (RandomLoad load = RandomLoad.startForRestore(stack.gateway(), stack.tokens(), seed, ORDERS_PER_SECOND)) {
            Thread.sleep(part);
            long begun = System.nanoTime();
            backup.take();
            progress.accept("A base backup took " + secondsSince(begun) + " s under load");
            Thread.sleep(part);
            Moment early = momentOfStandstill(stack, backup);
            // Of this one even the account is lost where payments are restored to the early moment.
            newCustomer(stack);
            Thread.sleep(part);
            Moment late = momentOfStandstill(stack, backup);
            Thread.sleep(part);
            backup.awaitArchived(late);
            Ledger ledger = load.stop();
            List<Message> messages = new ArrayList<>(lastOf(stack.ordersDatabase()));
            messages.addAll(lastOf(stack.paymentsDatabase()));
            Instant lost = Instant.now();
            stack.postgres().kill();
            stack.services().forEach(StackProcess::kill);
            progress.accept(
                    "Both databases are lost, with " + ledger.placed() + " orders; their log was archived until "
                            + Duration.between(backup.archivedUntil(), lost).toMillis() / 1e3 + " s before");
            return new Disaster(backup, early, late, ledger, messages);
        }
    }

    static String secondsSince(long nanos) {
        return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - nanos) / 1e9);
    }

    private static void newCustomer(StackUnderTest stack) throws InterruptedException {
        try (Probe probe = new Probe(stack.gateway(), stack.tokens())) {
            probe.await(ORDERED_WITHIN);
        } catch (MissedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Moment momentOfStandstill(StackUnderTest stack, PostgresBackup backup)
            throws IOException, SQLException, InterruptedException {
        Signals.toAll(stack.brokerProcess(), "STOP");
        try {
            Thread.sleep(STANDSTILL);
            return backup.now();
        } finally {
            Signals.toAll(stack.brokerProcess(), "CONT");
        }
    }

    private static List<Message> lastOf(Database database) throws SQLException {
        List<Message> messages = new ArrayList<>();
        try (Connection connection = database.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select destination, event_id, payload from outbox"
                        + " where sent_at is not null order by seq desc limit " + MESSAGES)) {
            while (row.next()) {
                messages.add(new Message(row.getString(1), row.getObject(2, UUID.class), row.getBytes(3)));
            }
        }
        return messages;
    }

    /** Puts the last messages on the broker again, as one does that was restored as well, or kept what was lost. */
    void publishMessages(StackUnderTest stack) throws IOException, InterruptedException, TimeoutException {
        try (MessagePublisher publisher = new MessagePublisher(stack)) {
            for (Message message : messages) {
                publisher.publish(message.queue, message.id.toString(), message.body);
            }
            publisher.awaitConfirms();
        }
    }
}
