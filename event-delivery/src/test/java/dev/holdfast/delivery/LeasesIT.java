package dev.holdfast.delivery;

import static dev.holdfast.delivery.DeadLetterCalls.awaitOne;
import static dev.holdfast.delivery.DeadLetterCalls.deadLetter;
import static dev.holdfast.delivery.DeadLetterCalls.discard;
import static dev.holdfast.delivery.DeadLetterCalls.list;
import static dev.holdfast.delivery.DeadLetterCalls.problem;
import static dev.holdfast.delivery.DeadLetterCalls.replay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever talks to the broker has claimed rows for a time, and holds no lock. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class LeasesIT extends DeliveryFixture {
    private static final String OPEN_TRANSACTIONS =
            "select count(*) from pg_stat_activity where state = 'idle in transaction'";

    @Test
    void holdsNoLockWhileTheBrokerDoesNotAnswerTheRelay() throws Exception {
        signal("STOP");
        PaymentEvent event = requested(GOOD);
        try {
            QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(event)));
            await().atMost(TIMEOUT).until(() -> number("select count(*) from outbox where claimed_until > now()") == 1);
            assertThat(texts("select seq from outbox for update nowait")).hasSize(1);
            assertThat(number(OPEN_TRANSACTIONS)).isZero();
        } finally {
            signal("CONT");
        }
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()) && unsent() == 0);
    }

    @Test
    void publishesWhatAStoppedReplicaHasClaimedOnceItsLeaseEnds() throws Exception {
        PaymentEvent claimed = requested(GOOD);
        PaymentEvent free = requested(GOOD);
        QuarkusTransaction.requiringNew().run(() -> {
            outbox.append(OutboxMessage.of(claimed));
            update("update outbox set claimed_until = now() + interval '4 seconds'");
        });
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(free)));
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(free.eventId()));
        assertThat(handler.applied).doesNotContain(claimed.eventId());
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(claimed.eventId()));
        assertThat(handler.duplicates).isEmpty();
    }

    /** That version selects for update, publishes, marks and commits, and does not know of leases. */
    @Test
    void losesNothingBesideAReplicaOfTheLastVersion() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> last = CompletableFuture.supplyAsync(() -> relayAsTheLastVersion(stop));
        List<PaymentEvent> events = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            List<PaymentEvent> batch =
                    Stream.generate(() -> requested(GOOD)).limit(5).toList();
            QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(batch)));
            events.addAll(batch);
        }
        await().atMost(TIMEOUT).until(() -> unsent() == 0 && handler.applied.size() >= events.size());
        stop.set(true);
        assertThat(last.join()).isPositive();
        assertThat(handler.applied)
                .containsExactlyInAnyOrderElementsOf(
                        events.stream().map(PaymentEvent::eventId).toList());
        assertThat(number("select max(attempts) from outbox")).isZero();
    }

    @Test
    void leavesADeadLetterAloneThatAnotherReplicaReplaysUntilItsLeaseEnds() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        // What a replica leaves that dies after it has claimed the dead letter, and before it has applied it.
        sql("update dead_letter set claimed_until = now() + interval '3 seconds'");
        problem(discard(id, "{\"note\":\"no\"}"), 503, "replay_in_progress");
        problem(replay(id), 503, "replay_in_progress");
        assertThat(texts("select id from dead_letter for update nowait")).hasSize(1);
        assertThat(handler.applied).isEmpty();
        await().atMost(TIMEOUT).until(() -> replay(id).statusCode() == 200);
        assertThat(handler.applied).containsExactly(poison.eventId());
        assertThat(number(OPEN_TRANSACTIONS)).isZero();
    }

    @Test
    void appliesADeadLetterOnceWhoseReplayDiedAfterItsCommit() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        replay(id).then().statusCode(200);
        // It was applied, and not marked.
        sql(
                "update dead_letter set status = 'WAITING', handled_at = null, claimed_until = now() + interval '1 second'");
        await().atMost(TIMEOUT).until(() -> replay(id).statusCode() == 200);
        assertThat(handler.applied).containsExactly(poison.eventId());
        assertThat(handler.duplicates).containsExactly(poison.eventId());
        assertThat(deadLetter(id).getString("status")).isEqualTo("REPLAYED");
    }

    @Test
    void aLetterThatFailsAgainBeforeItsReplayIsMarkedGoesOnWaiting() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        for (int times = 2; times < 12; times++) {
            int expected = times;
            replay(id).then().statusCode(200);
            await().atMost(TIMEOUT).until(() -> deadLetter(id).getInt("times_dead_lettered") == expected);
            assertThat(deadLetter(id).getString("status")).isEqualTo("WAITING");
        }
        assertThat(list("?status=WAITING").getList("")).hasSize(1);
    }

    private int relayAsTheLastVersion(AtomicBoolean stop) {
        int published = 0;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                List<Long> seqs = new ArrayList<>();
                onBroker(channel -> {
                    try (PreparedStatement due = connection.prepareStatement(
                                    "select seq, event_id, type, destination, payload, traceparent from outbox"
                                            + " where sent_at is null and next_attempt_at <= now()"
                                            + " order by next_attempt_at, seq limit 256 for update skip locked");
                            ResultSet row = due.executeQuery()) {
                        while (row.next()) {
                            BasicProperties properties = new BasicProperties.Builder()
                                    .messageId(row.getString(2))
                                    .userId(LocalBroker.OPERATOR)
                                    .build();
                            channel.basicPublish(
                                    Topology.exchange(row.getString(4)), row.getString(4), properties, row.getBytes(5));
                            seqs.add(row.getLong(1));
                        }
                    }
                    return null;
                });
                try (PreparedStatement mark =
                        connection.prepareStatement("update outbox set sent_at = now() where seq = any(?)")) {
                    mark.setArray(1, connection.createArrayOf("bigint", seqs.toArray()));
                    mark.executeUpdate();
                }
                connection.commit();
                published += seqs.size();
            }
            connection.setAutoCommit(true);
            return published;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the transaction that is under way. */
    private void update(String statement) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void signal(String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(broker.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
