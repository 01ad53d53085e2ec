package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Management;
import dev.holdfast.delivery.testing.PreparedPlans;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.Topology;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionalException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From the transaction that appends an event to its being applied, and kept until then. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class OutboxIT extends DeliveryFixture {
    @Inject
    Retention retention;

    @Test
    void refusesToAppendWithoutATransaction() {
        assertThatThrownBy(() -> outbox.append(OutboxMessage.of(requested(GOOD))))
                .isInstanceOf(TransactionalException.class);
    }

    @Test
    void deliversWhatIsCommittedAndNothingThatIsRolledBack() throws Exception {
        PaymentEvent committed = requested(GOOD);
        PaymentEvent rolledBack = requested(GOOD);
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(committed)));
        QuarkusTransaction.begin();
        outbox.append(OutboxMessage.of(rolledBack));
        QuarkusTransaction.rollback();
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(committed.eventId()));
        await().atMost(TIMEOUT).until(() -> unsent() == 0);
        assertThat(handler.applied).containsExactly(committed.eventId());
        assertThat(number("select count(*) from outbox")).isEqualTo(1);
    }

    @Test
    void appendsThoseEventsWhoseCauseTheSameStatementWrites() throws Exception {
        String statement = Outbox.causedBy("insert into inbox (event_id) select * from unnest(?::uuid[])"
                + " on conflict do nothing returning event_id as order_id");
        PaymentEvent earlier = requested(GOOD);
        PaymentEvent event = requested(GOOD);
        assertThat(outbox.appendCaused(statement, causes(earlier), OutboxMessage.of(List.of(earlier))))
                .containsExactly(earlier.orderId());
        assertThat(outbox.appendCaused(statement, causes(earlier, event), OutboxMessage.of(List.of(earlier, event))))
                .containsExactly(event.orderId());
        assertThat(outbox.appendCaused(statement, causes(event), OutboxMessage.of(List.of(event))))
                .isEmpty();
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()));
        assertThat(number("select count(*) from outbox")).isEqualTo(2);
    }

    private static List<Object> causes(PaymentEvent... events) {
        return List.of((Object) Stream.of(events).map(PaymentEvent::orderId).toArray(UUID[]::new));
    }

    @Test
    void deliversAnEventWithinMillisecondsOfItsCommit() {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            PaymentEvent event = requested(GOOD);
            long begin = System.nanoTime();
            QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(event)));
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(TIMEOUT)
                    .until(() -> handler.applied.contains(event.eventId()));
            millis.add((System.nanoTime() - begin) / 1_000_000);
        }
        millis.sort(null);
        // Far below the poll interval of a second: the commit woke the relay.
        assertThat(millis.get(millis.size() / 2)).isLessThan(300);
    }

    @Test
    void keepsAnEventThatNoQueueTakesUntilOneDoes() throws Exception {
        onBroker(channel ->
                channel.queueUnbind(Topology.PAYMENT_REQUESTS, REQUESTS_EXCHANGE, Topology.PAYMENT_REQUESTS));
        PaymentEvent event = requested(GOOD);
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(event)));
        await().atMost(TIMEOUT).until(() -> number("select max(attempts) from outbox") >= 2);
        assertThat(texts("select last_error from outbox").getFirst()).contains("NO_ROUTE");
        assertThat(unsent()).isEqualTo(1);
        sql("update outbox set created_at = now() - interval '1 hour'");
        await().atMost(TIMEOUT).untilAsserted(() -> {
            JsonPath ready = Management.get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            String outboxCheck = "checks.find { it.name == 'outbox' }.";
            assertThat(ready.getString(outboxCheck + "status")).isEqualTo("UP");
            assertThat(ready.getLong(outboxCheck + "data.unsent")).isEqualTo(1);
            assertThat(ready.getLong(outboxCheck + "data.oldest_unsent_seconds"))
                    .isBetween(3_600L, 3_700L);
        });
        assertThat(metrics.get("holdfast.outbox.oldest.unsent").gauge().value()).isGreaterThanOrEqualTo(3_600);
        assertThat(metrics.get("holdfast.outbox.unsent.refused").gauge().value())
                .isEqualTo(1);
        onBroker(channel -> channel.queueBind(Topology.PAYMENT_REQUESTS, REQUESTS_EXCHANGE, Topology.PAYMENT_REQUESTS));
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()));
        await().atMost(TIMEOUT).until(() -> unsent() == 0);
    }

    @Test
    void publishesAgainWhatWasSentButNotMarked() throws Exception {
        PaymentEvent event = requested(GOOD);
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(event)));
        await().atMost(TIMEOUT).until(() -> unsent() == 0 && handler.applied.contains(event.eventId()));
        // What a crash between the confirm and the mark leaves.
        sql("update outbox set sent_at = null");
        await().atMost(TIMEOUT).until(() -> unsent() == 0 && handler.duplicates.contains(event.eventId()));
        assertThat(handler.applied).containsExactly(event.eventId());
    }

    @Test
    void losesNothingWhenTheBrokerRestartsUnderLoad() throws Exception {
        Set<UUID> expected = new HashSet<>();
        for (int i = 0; i < 3_000; i++) {
            List<PaymentEvent> batch =
                    Stream.generate(() -> requested(GOOD)).limit(5).toList();
            batch.forEach(event -> expected.add(event.eventId()));
            QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(batch)));
            if (i == 1_000) {
                broker.restart();
            } else if (i == 2_000) {
                broker.kill();
                broker.start();
            }
        }
        await().atMost(TIMEOUT.multipliedBy(2)).until(() -> unsent() == 0 && handler.applied.size() >= expected.size());
        assertThat(handler.applied).doesNotHaveDuplicates();
        assertThat(new HashSet<>(handler.applied)).isEqualTo(expected);
    }

    @Test
    void forgetsOldRowsButNeverUnsentOnes() throws Exception {
        sql("insert into outbox (event_id, order_id, type, destination, payload, created_at, sent_at, next_attempt_at)"
                + " select gen_random_uuid(), gen_random_uuid(), 'payment_succeeded', 'payment_results', '', at,"
                + " case when n % 10 = 0 then null else at end, now() + interval '1 hour'"
                + " from (select n, now() - make_interval(hours => 24 * 10 - n / 25) as at"
                + " from generate_series(1, 5000) as n) as history");
        sql("insert into inbox select gen_random_uuid(), now() - make_interval(hours => 24 * 20 - n / 10)"
                + " from generate_series(1, 3000) as n");
        sql("insert into dead_letter (id, queue, properties, headers, payload, payload_bytes, truncated, reason, death,"
                + " status, handled_at) select gen_random_uuid(), 'payment_requests', '{}', '{}', '', 0, false, '', '',"
                + " case when n % 2 = 0 then 'WAITING' else 'REPLAYED' end,"
                + " case when n % 2 = 0 then null else now() - make_interval(hours => 24 * 40 - n) end"
                + " from generate_series(1, 480) as n");
        retention.purge();
        assertThat(number("select count(*) from outbox where sent_at is null")).isEqualTo(500);
        assertThat(number("select count(*) from outbox where sent_at < now() - interval '7 days'"))
                .isZero();
        assertThat(number("select count(*) from outbox where sent_at is not null"))
                .isPositive();
        assertThat(number("select count(*) from inbox where received_at < now() - interval '14 days'"))
                .isZero();
        assertThat(number("select count(*) from inbox")).isPositive();
        assertThat(number("select count(*) from dead_letter where status = 'WAITING'"))
                .isEqualTo(240);
        assertThat(number("select count(*) from dead_letter where handled_at < now() - interval '30 days'"))
                .isZero();
        assertThat(number("select count(*) from dead_letter where status = 'REPLAYED'"))
                .isPositive();
    }

    @Test
    void whatIsDoneNowAndThenReadsNoTableWhole() throws Exception {
        sql("insert into outbox (event_id, order_id, type, destination, payload, sent_at)"
                + " select gen_random_uuid(), gen_random_uuid(), 'payment_succeeded', 'payment_results', '', now()"
                + " from generate_series(1, 20000)");
        sql("insert into inbox select gen_random_uuid(), now() - make_interval(days => n % 28)"
                + " from generate_series(1, 40000) as n");
        for (String tables : List.of("grown, not analyzed", "analyzed")) {
            // Statements are kept by the server from the fifth execution on.
            for (int i = 0; i < 8; i++) {
                retention.purge();
                QuarkusTransaction.requiringNew().run(() -> {
                    OutboxEntry.backlog(100);
                    OutboxEntry.unsentSubjects(100);
                    OutboxEntry.recentSubjects(Instant.now(), 100);
                });
            }
            assertThat(number("select count(*) from pg_prepared_statements where statement like '%1_0%'"))
                    .as("statements of entities that the session keeps")
                    .isPositive();
            await().atMost(TIMEOUT)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(PreparedPlans.growing(dataSource, 10, Set.of("outbox_unsent"))
                                    .entrySet())
                            .as("statements that grow with tables that are " + tables)
                            // The others are of these tests.
                            .filteredOn(statement -> statement.getKey().contains("1_0"))
                            .isEmpty());
            sql("analyze outbox, inbox");
        }
    }
}
