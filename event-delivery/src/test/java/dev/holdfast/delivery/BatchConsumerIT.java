package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of the messages of a queue: each is applied once, tried again, or set aside. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class BatchConsumerIT extends DeliveryFixture {
    @Inject
    Broker connections;

    @Test
    void appliesADuplicateOnce() throws Exception {
        PaymentEvent event = requested(GOOD);
        publish(event);
        publish(event);
        await().atMost(TIMEOUT).until(() -> !handler.duplicates.isEmpty() || handler.applied.size() > 1);
        assertThat(handler.applied).containsExactly(event.eventId());
    }

    @Test
    void setsPoisonAsideWithItsReasonWhileAllOthersAreApplied() throws Exception {
        List<PaymentEvent> events = IntStream.range(0, 1_000)
                .mapToObj(i -> requested(i == 500 ? RecordingHandler.POISON : GOOD))
                .toList();
        publish(events);
        publishRaw("{broken");
        publishRaw(new String(PaymentEventJson.write(requested(GOOD)), StandardCharsets.UTF_8)
                .replace("10.00", "1e2147483647"));
        publishRaw("{\"type\":\"payment_guessed\",\"order_id\":\"" + UUID.randomUUID() + "\"}");
        await().atMost(TIMEOUT)
                .until(() -> handler.applied.size() >= 999 && number("select count(*) from dead_letter") == 4);
        assertThat(new HashSet<>(handler.applied)).hasSize(999);
        List<String> reasons = texts("select reason from dead_letter");
        assertThat(reasons)
                .anyMatch(reason -> reason.startsWith("poison of order"))
                .anyMatch(reason -> reason.startsWith("not a payment event in JSON"))
                .anyMatch(reason -> reason.startsWith("field 'amount'"))
                .anyMatch(
                        reason -> reason.startsWith("unknown type 'payment_guessed', which a newer version may know"));
        // The poisoned batch was rolled back, so its event may not be in the inbox.
        assertThat(number("select count(*) from inbox")).isEqualTo(999);
    }

    @Test
    void triesAFailureOfUnknownCauseAgainThenGivesItUp() throws Exception {
        publish(requested(RecordingHandler.BUG));
        await().atMost(TIMEOUT).until(() -> number("select count(*) from dead_letter") == 1);
        assertThat(handler.bugs).hasValue(3);
        assertThat(texts("select reason from dead_letter"))
                .singleElement()
                .asString()
                .isEqualTo("failed 3 times, the log says with what");
    }

    @Test
    void triesAPassingFailureAgainWithoutLimit() throws Exception {
        PaymentEvent event = requested(RecordingHandler.DEADLOCK_TWICE);
        publish(event);
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()));
        assertThat(handler.deadlocks).hasValue(3);
        assertThat(number("select count(*) from dead_letter")).isZero();
    }

    @Test
    void anEventThatWaitsForALockDelaysOnlyItself() throws Exception {
        handler.locked.set(true);
        List<PaymentEvent> events = IntStream.range(0, 200)
                .mapToObj(i -> requested(i == 100 ? RecordingHandler.LOCKED : GOOD))
                .toList();
        publish(events);
        await().atMost(TIMEOUT).until(() -> handler.applied.size() == 199);
        assertThat(handler.applied).doesNotContain(events.get(100).eventId());
        handler.locked.set(false);
        await().atMost(TIMEOUT)
                .until(() -> handler.applied.contains(events.get(100).eventId()));
        assertThat(number("select count(*) from dead_letter")).isZero();
    }

    @Test
    void anEventThatTheHandlerLeavesOutIsTriedAgainWithoutAnotherAttemptOfTheRestOfItsBatch() throws Exception {
        handler.locked.set(true);
        List<PaymentEvent> events = IntStream.range(0, 100)
                .mapToObj(i -> requested(i % 50 == 10 ? RecordingHandler.CONTENDED : GOOD))
                .toList();
        publish(events);
        await().atMost(TIMEOUT).until(() -> handler.applied.size() == 98);
        int calls = handler.calls.get();
        await().atMost(TIMEOUT).until(() -> handler.calls.get() > calls + 3);
        assertThat(handler.applied).hasSize(98);
        assertThat(handler.duplicates).isEmpty();
        handler.locked.set(false);
        await().atMost(TIMEOUT).until(() -> handler.applied.size() == 100);
        assertThat(number("select count(*) from dead_letter")).isZero();
    }

    @Test
    void redeliversWhatWasAppliedButNotAcknowledged() throws Exception {
        PaymentEvent event = requested(GOOD);
        sql("insert into inbox (event_id) values ('" + event.eventId() + "')");
        publish(event);
        await().atMost(TIMEOUT).until(() -> handler.duplicates.contains(event.eventId()));
        assertThat(handler.applied).isEmpty();
    }

    @Test
    void consumesAgainAfterItsQueueWasDeletedAndTheOperatorHasLoadedTheDefinitions() throws Exception {
        onBroker(channel -> channel.queueDelete(Topology.PAYMENT_REQUESTS));
        PaymentEvent event = requested(GOOD);
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(event)));
        assertThatThrownBy(() -> connections.openChannel("test"))
                .isInstanceOf(IOException.class)
                .hasMessage("The broker has no queue payment_requests: load its definitions, see docs/operations.md");
        await().atMost(TIMEOUT).until(() -> connected() == 0);
        broker.loadDefinitions();
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()));
        await().atMost(TIMEOUT).until(() -> connected() == 1);
    }

    private double connected() {
        return metrics.get("holdfast.consumer.connected").gauge().value();
    }
}
