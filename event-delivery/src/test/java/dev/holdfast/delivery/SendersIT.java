package dev.holdfast.delivery;

import static dev.holdfast.delivery.DeadLetterCalls.awaitOne;
import static dev.holdfast.delivery.DeadLetterCalls.deadLetter;
import static dev.holdfast.delivery.DeadLetterCalls.discard;
import static dev.holdfast.delivery.DeadLetterCalls.list;
import static dev.holdfast.delivery.DeadLetterCalls.problem;
import static dev.holdfast.delivery.DeadLetterCalls.replay;
import static dev.holdfast.delivery.DeadLetterCalls.replayMany;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Only what the right user of the broker has sent is applied, neither at once nor by a replay; here that is the operator. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class SendersIT extends DeliveryFixture {
    private static final String DEAD = Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS);

    @Test
    void whatNamesNoSenderBecomesADeadLetterThatCanOnlyBeDiscarded() throws Exception {
        PaymentEvent forged = requested(GOOD);
        send(LocalBroker.ORDERS, REQUESTS_EXCHANGE, Topology.PAYMENT_REQUESTS, forged, properties(null));
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("not sent by holdfast-local: it names no sender");
        assertThat(deadLetter.getString("sender")).isNull();
        canOnlyBeDiscarded(deadLetter.getString("id"));
    }

    @Test
    void whatAnotherUserHasSentBecomesADeadLetterThatCanOnlyBeDiscardedAndDelaysNoOther() throws Exception {
        double before = ofWrongSender();
        PaymentEvent forged = requested(GOOD);
        PaymentEvent good = requested(GOOD);
        send(LocalBroker.ORDERS, REQUESTS_EXCHANGE, Topology.PAYMENT_REQUESTS, forged, properties(LocalBroker.ORDERS));
        publish(good);
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(good.eventId()));
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("not sent by holdfast-local, but by orders");
        assertThat(deadLetter.getString("sender")).isEqualTo(LocalBroker.ORDERS);
        canOnlyBeDiscarded(deadLetter.getString("id"));
        assertThat(handler.applied).containsExactly(good.eventId());
        assertThat(ofWrongSender()).isEqualTo(before + 1);
    }

    private double ofWrongSender() {
        return metrics.counter("holdfast.consumer.wrong.sender", "queue", Topology.PAYMENT_REQUESTS)
                .count();
    }

    @Test
    void headersThatNameTheRightSenderAreNotBelieved() throws Exception {
        Map<String, Object> headers = new HashMap<>(headersOfADeadLetter());
        // Longer than what is looked at as it is.
        headers.put("padding", "x".repeat(3_000));
        send(
                LocalBroker.ORDERS,
                REQUESTS_EXCHANGE,
                Topology.PAYMENT_REQUESTS,
                requested(GOOD),
                properties(LocalBroker.ORDERS).headers(headers));
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("not sent by holdfast-local, but by orders");
        assertThat(deadLetter.getString("sender")).isEqualTo(LocalBroker.ORDERS);
        canOnlyBeDiscarded(deadLetter.getString("id"));
    }

    /** The password of the service that reads the queue is enough to put a dead letter there, and not to have it applied. */
    @Test
    void aDeadLetterThatWasForgedCanOnlyBeDiscarded() throws Exception {
        send(
                LocalBroker.PAYMENTS,
                Topology.deadLetterExchange(Topology.PAYMENT_REQUESTS),
                DEAD,
                requested(GOOD),
                properties(LocalBroker.PAYMENTS).headers(headersOfADeadLetter()));
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("mended");
        assertThat(deadLetter.getString("sender")).isEqualTo(LocalBroker.PAYMENTS);
        canOnlyBeDiscarded(deadLetter.getString("id"));
    }

    @Test
    void theSealOfOneDeadLetterFitsNoOther() throws Exception {
        publish(requested(RecordingHandler.POISON));
        JsonPath genuine = awaitOne("");
        String seal = genuine.getString("headers.x-holdfast-seal");
        assertThat(seal).hasSize(64);
        sql("truncate dead_letter");
        Map<String, Object> headers = new HashMap<>(headersOfADeadLetter());
        headers.put(Topology.SEAL_HEADER, seal);
        send(
                LocalBroker.PAYMENTS,
                Topology.deadLetterExchange(Topology.PAYMENT_REQUESTS),
                DEAD,
                requested(GOOD),
                properties(LocalBroker.PAYMENTS).headers(headers));
        JsonPath forged = awaitOne("");
        assertThat(forged.getString("sender")).isEqualTo(LocalBroker.PAYMENTS);
        canOnlyBeDiscarded(forged.getString("id"));
    }

    /** Whoever reads the queue can send what was there once more. */
    @Test
    void aGenuineDeadLetterThatIsSentAgainRevivesNone() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        JsonPath genuine = awaitOne("");
        String id = genuine.getString("id");
        replay(id).then().statusCode(200);
        discard(id, "{\"note\":\"given up\"}").then().statusCode(200);
        Map<String, Object> headers = new HashMap<>();
        for (String header : List.of(
                Topology.REASON_HEADER, Topology.DEAD_LETTER_HEADER, Topology.SENDER_HEADER, Topology.SEAL_HEADER)) {
            headers.put(header, genuine.getString("headers." + header));
        }
        sendAgain(poison, poison.eventId().toString(), headers);
        sendAgain(poison, "another-id", headers);
        headers.put(Topology.DEAD_LETTER_HEADER, "another-failure");
        sendAgain(poison, poison.eventId().toString(), headers);

        await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 3);
        assertThat(deadLetter(id).getString("status")).isEqualTo("DISCARDED");
        for (String forged : list("?status=WAITING").getList("id", String.class)) {
            assertThat(deadLetter(forged).getString("sender")).isEqualTo(LocalBroker.PAYMENTS);
            canOnlyBeDiscarded(forged);
        }
    }

    private void sendAgain(PaymentEvent event, String messageId, Map<String, Object> headers) throws Exception {
        send(
                LocalBroker.PAYMENTS,
                Topology.deadLetterExchange(Topology.PAYMENT_REQUESTS),
                DEAD,
                event,
                properties(LocalBroker.PAYMENTS).messageId(messageId).headers(headers));
    }

    @Test
    void aForgedCopyOfADeadLetterLeavesTheGenuineOneToBeReplayed() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        send(
                LocalBroker.ORDERS,
                REQUESTS_EXCHANGE,
                Topology.PAYMENT_REQUESTS,
                poison,
                properties(LocalBroker.ORDERS).messageId(poison.eventId().toString()));
        await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 2);
        assertThat(deadLetter(id).getString("sender")).isEqualTo(LocalBroker.OPERATOR);
        assertThat(deadLetter(id).getInt("times_dead_lettered")).isEqualTo(1);
        handler.mended.set(true);
        assertThat(replayMany("{\"reason\":\"o\"}").getInt("replayed")).isEqualTo(1);
        assertThat(handler.applied).containsExactly(poison.eventId());
        assertThat(deadLetter(id).getString("status")).isEqualTo("REPLAYED");
    }

    @Test
    void longHeadersOfTheRightSenderDoNotHideIt() throws Exception {
        PaymentEvent good = requested(GOOD);
        send(
                LocalBroker.OPERATOR,
                REQUESTS_EXCHANGE,
                Topology.PAYMENT_REQUESTS,
                good,
                properties(LocalBroker.OPERATOR).headers(Map.of("padding", "x".repeat(100_000))));
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(good.eventId()));
    }

    private void canOnlyBeDiscarded(String id) throws Exception {
        problem(replay(id), 409, "dead_letter_wrong_sender");
        assertThat(replayMany("{\"reason\":\"e\"}").getInt("replayed")).isZero();
        assertThat(deadLetter(id).getString("status")).isEqualTo("WAITING");
        assertThat(number("select count(*) from dead_letter where claimed_until > now()"))
                .isZero();
        discard(id, "{\"note\":\"forged\"}").then().statusCode(200);
        problem(replay(id), 409, "dead_letter_discarded");
    }

    private static Map<String, Object> headersOfADeadLetter() {
        return Map.of(
                Topology.REASON_HEADER,
                "mended",
                Topology.DEAD_LETTER_HEADER,
                "1",
                Topology.SENDER_HEADER,
                LocalBroker.OPERATOR,
                Topology.SEAL_HEADER,
                "00".repeat(32),
                Topology.PROPERTIES_HEADER,
                "{\"user_id\":\"" + LocalBroker.OPERATOR + "\"}");
    }

    private static BasicProperties.Builder properties(@Nullable String sender) {
        return new BasicProperties.Builder().userId(sender).deliveryMode(2);
    }

    private void send(
            String user, String exchange, String routingKey, PaymentEvent event, BasicProperties.Builder properties)
            throws Exception {
        onBroker(user, channel -> {
            channel.basicPublish(exchange, routingKey, properties.build(), PaymentEventJson.write(event));
            return null;
        });
    }
}
