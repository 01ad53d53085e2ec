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
import com.rabbitmq.client.GetResponse;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How dead letters are kept, whatever they are and whoever set them aside. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class DeadLettersIT extends DeliveryFixture {
    private static final Duration ACQUISITION_TIMEOUT = Duration.ofSeconds(2);
    private static final String DEAD = Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS);

    @Inject
    AgroalDataSource pool;

    @Test
    void aLetterThatFailsAgainWaitsAgain() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        replay(id).then().statusCode(200);
        await().atMost(TIMEOUT)
                .untilAsserted(() ->
                        assertThat(deadLetter(id).getInt("times_dead_lettered")).isEqualTo(2));
        assertThat(deadLetter(id).getString("status")).isEqualTo("WAITING");
        assertThat(deadLetter(id).getString("handled_at")).isNull();
        assertThat(list("").getList("")).hasSize(1);
    }

    @Test
    void keepsWhatTheBrokerItselfGaveUpWithItsReason() throws Exception {
        PaymentEvent event = requested(BigDecimal.TEN);
        onBroker(channel -> {
            channel.queueDeclare(
                    "given-up",
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "quorum",
                            "x-dead-letter-exchange",
                            Topology.DEAD_LETTER_EXCHANGE,
                            "x-dead-letter-routing-key",
                            DEAD,
                            "x-delivery-limit",
                            2));
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId(event.eventId().toString())
                    .userId(LocalBroker.OPERATOR)
                    .headers(Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
                    .build();
            channel.basicPublish("", "given-up", properties, PaymentEventJson.write(event));
            await().atMost(TIMEOUT).until(() -> {
                GetResponse again = channel.basicGet("given-up", false);
                if (again != null) {
                    channel.basicNack(again.getEnvelope().getDeliveryTag(), false, true);
                }
                return list("").getList("").size() == 1;
            });
            channel.queueDelete("given-up");
            return null;
        });
        JsonPath deadLetter = deadLetter(list("").getString("[0].id"));
        assertThat(deadLetter.getString("reason")).contains("delivery_limit");
        assertThat(deadLetter.getString("order_id")).isEqualTo(event.orderId().toString());
        assertThat(deadLetter.getString("headers.traceparent")).startsWith("00-4bf92f");
        assertThat(deadLetter.getString("headers.'x-death'[0].queue")).isEqualTo("given-up");
        assertThat(deadLetter.getString("payload")).contains(event.orderId().toString());

        replay(deadLetter.getString("id")).then().statusCode(200);
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(event.eventId()));
    }

    @Test
    void keepsAndReplaysBytesThatAreNoText() throws Exception {
        byte[] body = {(byte) 0xC3, 0x28, 0, 1, 2, (byte) 0xFF};
        publishRaw("odd", body);
        String id = awaitOne("").getString("id");
        JsonPath deadLetter = deadLetter(id);
        assertThat(deadLetter.getString("payload_encoding")).isEqualTo("base64");
        assertThat(Base64.getDecoder().decode(deadLetter.getString("payload"))).isEqualTo(body);
        assertThat(deadLetter.getInt("payload_bytes")).isEqualTo(6);
        assertThat(deadLetter.getString("message_id")).isEqualTo("odd");
        assertThat(deadLetter.getString("order_id")).isNull();
        replay(id).then().statusCode(200);
        await().atMost(TIMEOUT)
                .untilAsserted(() ->
                        assertThat(deadLetter(id).getInt("times_dead_lettered")).isEqualTo(2));
    }

    @Test
    void knowsAMessageWithoutAnIdAgain() throws Exception {
        byte[] body = "{broken".getBytes(StandardCharsets.UTF_8);
        publishRaw(null, body);
        String id = awaitOne("").getString("id");
        replay(id).then().statusCode(200);
        publishRaw(null, body);
        await().atMost(TIMEOUT)
                .untilAsserted(() ->
                        assertThat(deadLetter(id).getInt("times_dead_lettered")).isEqualTo(3));
        assertThat(list("").getList("")).hasSize(1);
    }

    @Test
    void takesTheOrderIdWhereAnEventHasNoId() throws Exception {
        UUID order = UUID.randomUUID();
        publishRaw(
                "no-id",
                "{\"type\":\"payment_guessed\",\"order_id\":\"%s\"}"
                        .formatted(order)
                        .getBytes(StandardCharsets.UTF_8));
        JsonPath deadLetter = awaitOne("?type=payment_guessed");
        assertThat(deadLetter.getString("event_id")).isEqualTo(order.toString());
        assertThat(deadLetter.getString("order_id")).isEqualTo(order.toString());
    }

    @Test
    void storesALetterOnceThatIsDeliveredAgainAfterACrash() throws Exception {
        PaymentEvent event = requested(BigDecimal.TEN);
        for (int i = 0; i < 3; i++) {
            // What the broker delivers again when the process dies between the insert and the acknowledgement.
            putIntoDeadLetterQueue(
                    event, Map.of(Topology.REASON_HEADER, "why", Topology.DEAD_LETTER_HEADER, "death-1"));
        }
        String id = awaitOne("").getString("id");
        awaitEmptyDeadLetterQueue();
        assertThat(deadLetter(id).getInt("times_dead_lettered")).isEqualTo(1);
        discard(id, "{\"note\":\"handled\"}").then().statusCode(200);
        putIntoDeadLetterQueue(event, Map.of(Topology.REASON_HEADER, "why", Topology.DEAD_LETTER_HEADER, "death-1"));
        awaitEmptyDeadLetterQueue();
        assertThat(deadLetter(id).getString("status")).isEqualTo("DISCARDED");
    }

    @Test
    void keepsALetterInHandWhileTheDatabaseIsAway() throws Exception {
        int all = pool.getConfiguration().connectionPoolConfiguration().maxSize();
        List<Connection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < all; i++) {
                taken.add(pool.getConnection());
            }
            putIntoDeadLetterQueue(requested(GOOD), Map.of(Topology.REASON_HEADER, "why"));
            await().atMost(TIMEOUT).until(() -> onBroker(channel -> channel.messageCount(DEAD)) == 0);
            // Long enough for a second attempt.
            await().during(ACQUISITION_TIMEOUT.plusSeconds(1))
                    .atMost(TIMEOUT)
                    .until(() -> onBroker(channel -> channel.messageCount(DEAD)) == 0);
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
        // The broker's own count of how often it took the dead letter back.
        assertThat(awaitOne("").getMap("headers").getOrDefault("x-delivery-count", 0))
                .isEqualTo(0);
    }

    @Test
    void aLetterThatCannotBeStoredIsCountedAndDelaysNoOther() throws Exception {
        PaymentEvent unstorable = requested(GOOD);
        PaymentEvent next = requested(GOOD);
        sql("alter table dead_letter add constraint unstorable check (message_id <> '" + unstorable.eventId() + "')");
        try {
            putIntoDeadLetterQueue(unstorable, Map.of(Topology.REASON_HEADER, "why"));
            putIntoDeadLetterQueue(next, Map.of(Topology.REASON_HEADER, "why"));
            await().atMost(TIMEOUT)
                    .until(() -> list("?order_id=" + next.orderId()).getList("").size() == 1);
            await().atMost(TIMEOUT).until(() -> stuck() == 1);
        } finally {
            sql("alter table dead_letter drop constraint unstorable");
        }
        broker.restart();
        await().atMost(TIMEOUT)
                .until(() ->
                        list("?order_id=" + unstorable.orderId()).getList("").size() == 1);
        assertThat(stuck()).isZero();
    }

    private double stuck() {
        return metrics.get("holdfast.dead.letters.stuck").gauge().value();
    }

    @Test
    void keepsWhateverHeadersAndLengthsCome() throws Exception {
        PaymentEvent event = requested(BigDecimal.TEN);
        Map<String, Object> headers = new HashMap<>();
        headers.put(Topology.REASON_HEADER, "a\0b" + "x".repeat(5_000));
        headers.put("nested", Map.of("list", List.of(1, "two\0", new byte[] {1, 2}), "deep", Map.of("a", Map.of())));
        headers.put("nothing", null);
        for (int i = 0; i < 100; i++) {
            headers.put("h" + i, "v".repeat(900));
        }
        putIntoDeadLetterQueue(event, headers);
        JsonPath first = awaitOne("");
        assertThat(first.getString("reason")).hasSize(1_000).startsWith("a\uFFFDb");
        assertThat(deadLetter(first.getString("id")).getMap("headers")).containsKey("x-holdfast-headers-dropped");
        sql("truncate dead_letter");

        publishRaw("long", ("{\"a\":\"" + "x".repeat(200_000) + "\"}").getBytes(StandardCharsets.UTF_8));
        String id = awaitOne("").getString("id");
        JsonPath deadLetter = deadLetter(id);
        assertThat(deadLetter.getInt("payload_bytes")).isEqualTo(200_008);
        assertThat(deadLetter.getBoolean("payload_truncated")).isTrue();
        assertThat(deadLetter.getString("payload")).hasSize(65_536);
        problem(replay(id), 409, "dead_letter_truncated");
        assertThat(replayMany("{\"reason\":\"missing\"}").getInt("replayed")).isZero();
    }

    private void awaitEmptyDeadLetterQueue() throws Exception {
        await().atMost(TIMEOUT).until(() -> onBroker(channel -> channel.messageCount(DEAD)) == 0);
        await().during(Duration.ofMillis(500))
                .atMost(TIMEOUT)
                .until(() -> list("").getList("").size() == 1);
    }

    private void putIntoDeadLetterQueue(PaymentEvent event, Map<String, Object> headers) throws Exception {
        onBroker(channel -> {
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId(event.eventId().toString())
                    .headers(headers)
                    .build();
            channel.basicPublish("", DEAD, properties, PaymentEventJson.write(event));
            return null;
        });
    }
}
