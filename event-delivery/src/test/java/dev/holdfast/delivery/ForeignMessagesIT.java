package dev.holdfast.delivery;

import static dev.holdfast.delivery.DeadLetterCalls.awaitOne;
import static dev.holdfast.delivery.DeadLetterCalls.deadLetter;
import static dev.holdfast.delivery.DeadLetterCalls.list;
import static dev.holdfast.delivery.DeadLetterCalls.replay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of others: what they carry is kept as data and used for nothing, and none delays the others. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class ForeignMessagesIT extends DeliveryFixture {
    private static final byte[] POISON = "{\"poison\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    private static final String RESULTS_DEAD = Topology.deadLetterQueue(Topology.PAYMENT_RESULTS);
    private static final int ABOVE_THE_CLIENTS_LIMIT = 64 * 1024 * 1024 + 1024;

    @Inject
    Broker connections;

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "5", "60000"})
    void poisonWithAnExpirationEndsAsOneLetterWithItsReason(String millis) throws Exception {
        send(new BasicProperties.Builder().messageId("expiring").expiration(millis), POISON);
        JsonPath deadLetter = awaitOne("");
        boolean consumed = deadLetter.getString("reason").equals("missing field 'type'");
        assertThat(consumed || deadLetter.getString("reason").contains("expired"))
                .isTrue();
        assertThat(
                        consumed
                                ? deadLetter.getString("properties.expiration")
                                : deadLetter.getString("headers.'x-death'[0].original-expiration"))
                .isEqualTo(millis);
        replay(deadLetter.getString("id")).then().statusCode(200);
        await().atMost(TIMEOUT)
                .until(() -> deadLetter(deadLetter.getString("id")).getInt("times_dead_lettered") == 2);
        assertThat(deadLetter(deadLetter.getString("id")).getString("reason")).isEqualTo("missing field 'type'");
        assertThat(waiting(Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS))).isZero();
    }

    @Test
    void aMessageThatExpiresInTheQueueEndsAsALetter() throws Exception {
        onBroker(channel -> {
            channel.queueDeclare(
                    "nobody-reads",
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "quorum",
                            "x-dead-letter-exchange",
                            Topology.DEAD_LETTER_EXCHANGE,
                            "x-dead-letter-routing-key",
                            Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS),
                            "x-dead-letter-strategy",
                            "at-least-once",
                            "x-overflow",
                            "reject-publish"));
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId("expires")
                    .expiration("1")
                    .headers(Map.of("CC", List.of(RESULTS_DEAD)))
                    .build();
            channel.basicPublish("", "nobody-reads", properties, POISON);
            return null;
        });
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("set aside by the broker (expired)");
        assertThat(deadLetter.getString("headers.'x-death'[0].original-expiration"))
                .isEqualTo("1");
        onBroker(channel -> channel.queueDelete("nobody-reads"));
    }

    @Test
    void nothingThatTheBrokerWouldActOnIsUsedButAllOfItIsKept() throws Exception {
        Map<String, Object> headers = new HashMap<>();
        headers.put("CC", List.of(RESULTS_DEAD));
        headers.put("BCC", List.of(RESULTS_DEAD));
        headers.put("x-delay", 60_000);
        headers.put("x-death", List.of(Map.of("reason", "rejected", "queue", "forged", "count", 7L)));
        headers.put("plain", "text");
        send(
                new BasicProperties.Builder()
                        .messageId("forged")
                        .headers(headers)
                        .deliveryMode(1)
                        .priority(9)
                        .replyTo("someone")
                        .correlationId("it")
                        .timestamp(new Date(0))
                        .expiration("60000"),
                POISON);
        JsonPath deadLetter = awaitOne("");
        for (int times = 2; times <= 3; times++) {
            int expected = times;
            replay(deadLetter.getString("id")).then().statusCode(200);
            await().atMost(TIMEOUT)
                    .until(() -> deadLetter(deadLetter.getString("id")).getInt("times_dead_lettered") == expected);
        }
        JsonPath kept = deadLetter(deadLetter.getString("id"));
        assertThat(kept.getString("reason")).isEqualTo("missing field 'type'");
        assertThat(kept.getMap("properties"))
                .containsEntry("priority", "9")
                .containsEntry("delivery_mode", "1")
                .containsEntry("reply_to", "someone")
                .containsEntry("correlation_id", "it")
                .containsEntry("timestamp", "1970-01-01T00:00:00Z")
                .containsEntry("expiration", "60000");
        assertThat(kept.getString("headers.CC[0]")).isEqualTo(RESULTS_DEAD);
        assertThat(kept.getInt("headers.x-delay")).isEqualTo(60_000);
        assertThat(kept.getString("headers.plain")).isEqualTo("text");
        assertThat(waiting(RESULTS_DEAD)).isZero();
    }

    @Test
    void headersThatFillAFrameCostNeitherTheReasonNorTheOthersTime() throws Exception {
        send(new BasicProperties.Builder().messageId("fat").headers(Map.of("h", "x".repeat(130_900))), POISON);
        PaymentEvent good = requested(GOOD);
        publish(good);
        // The time that a confirm is waited for, which no confirm of a message that was never sent may take.
        await().atMost(Duration.ofSeconds(3)).until(() -> handler.applied.contains(good.eventId()));
        JsonPath deadLetter = awaitOne("");
        assertThat(deadLetter.getString("reason")).isEqualTo("missing field 'type'");
        assertThat(deadLetter.getString("headers.h")).hasSize(1_000);
        assertThat(deadLetter.getInt("times_dead_lettered")).isEqualTo(1);
        send(new BasicProperties.Builder().messageId("next"), POISON);
        await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 2);
        assertThat(list("").getList("times_dead_lettered")).containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({
        "n, 8000",
        Topology.PROPERTIES_HEADER + ", 500",
        Topology.PROPERTIES_HEADER + ", 3000",
        Topology.HEADERS_HEADER + ", 2000"
    })
    void headersNestedDeeperThanAStackAreDroppedAndNotTheConnection(String header, int depth) throws Exception {
        Map<String, Object> nested = Map.of();
        for (int i = 0; i < depth; i++) {
            nested = Map.of("a", nested);
        }
        BasicProperties.Builder deep =
                new BasicProperties.Builder().messageId("deep").headers(Map.of(header, nested));
        Thread sender = new Thread(null, () -> sendUnchecked(deep), "deep stack", 1 << 29);
        sender.start();
        sender.join();
        PaymentEvent good = requested(GOOD);
        publish(good);
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(good.eventId()));
        JsonPath deadLetter = awaitOne("");
        // Of properties that cannot be read nothing is known, not even the sender.
        assertThat(deadLetter.getString("reason"))
                .isIn("missing field 'type'", "not sent by holdfast-local: it names no sender");
        assertThat(deadLetter.getInt("times_dead_lettered")).isEqualTo(1);
    }

    @Test
    void controlCharactersInIdAndTypeAreStored() throws Exception {
        String odd = "a\0b\r\nERROR forged\u001b[31m";
        send(new BasicProperties.Builder().messageId(odd).type(odd).headers(Map.of(odd, odd)), POISON);
        JsonPath deadLetter = awaitOne("");
        String stored = odd.replace('\0', '\uFFFD');
        assertThat(deadLetter.getString("message_id")).isEqualTo(stored);
        assertThat(deadLetter.getString("type")).isEqualTo(stored);
        assertThat(deadLetter.<String, Object>getMap("headers")).containsEntry(stored, stored);
        replay(deadLetter.getString("id")).then().statusCode(200);
        await().atMost(TIMEOUT)
                .until(() -> deadLetter(deadLetter.getString("id")).getInt("times_dead_lettered") == 2);
    }

    @Test
    void aMessageLongerThanTheClientTakesIsALetterAndDelaysNoOther() throws Exception {
        broker.control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
        try {
            byte[] body = new byte[ABOVE_THE_CLIENTS_LIMIT];
            send(new BasicProperties.Builder().messageId("huge"), body);
            onBroker(channel -> {
                channel.basicPublish(
                        "",
                        Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS),
                        new BasicProperties.Builder().messageId("put there").build(),
                        body);
                return null;
            });
            PaymentEvent good = requested(GOOD);
            publish(good);
            send(new BasicProperties.Builder().messageId("next"), POISON);
            await().atMost(TIMEOUT).until(() -> handler.applied.contains(good.eventId()));
            await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 3);
        } finally {
            broker.control("eval", "application:set_env(rabbit, max_message_size, 1048576).");
        }
        assertThat(list("").getList("times_dead_lettered")).containsOnly(1);
        JsonPath huge = deadLetter(
                texts("select id from dead_letter where message_id = 'huge'").getFirst());
        assertThat(huge.getString("reason"))
                .isEqualTo("its body of " + ABOVE_THE_CLIENTS_LIMIT + " bytes is longer than an event's can be");
        assertThat(huge.getInt("payload_bytes")).isEqualTo(ABOVE_THE_CLIENTS_LIMIT);
        assertThat(huge.getBoolean("payload_truncated")).isTrue();
        assertThat(number("select payload_bytes from dead_letter where message_id = 'put there'"))
                .isEqualTo(ABOVE_THE_CLIENTS_LIMIT);
        assertThat(metrics.get("holdfast.dead.letters.stuck").gauge().value()).isZero();
    }

    @Test
    void theBrokerItselfRefusesWhatNoEventCanBe() {
        assertThat(refused(2 * 1024 * 1024)).contains("larger than configured max size");
    }

    @Test
    void aMessageThatTheClientRefusesLeavesNoConfirmOpen() throws Exception {
        ConfirmingPublisher publisher = new ConfirmingPublisher(connections, "test", Duration.ofSeconds(30));
        BasicProperties fat = new BasicProperties.Builder()
                .messageId("fat")
                .headers(Map.of("h", "x".repeat(140_000)))
                .build();
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            List<String> outcomes = publisher.publish(
                    List.of(outgoing(properties("a")), outgoing(fat), outgoing(properties("b")), outgoing(fat)));
            assertThat(outcomes.get(0)).isNull();
            assertThat(outcomes.get(1)).startsWith("refused by the client");
            assertThat(outcomes.get(2)).isNull();
            assertThat(outcomes.get(3)).startsWith("refused by the client");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
        publisher.close();
    }

    private long waiting(String queue) throws Exception {
        return onBroker(channel -> channel.messageCount(queue));
    }

    private static BasicProperties properties(String messageId) {
        return new BasicProperties.Builder().messageId(messageId).build();
    }

    private static ConfirmingPublisher.Outgoing outgoing(BasicProperties properties) {
        return new ConfirmingPublisher.Outgoing(
                Topology.exchange(Topology.PAYMENT_RESULTS),
                Topology.PAYMENT_RESULTS,
                properties,
                UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
    }

    private void send(BasicProperties.Builder properties, byte[] body) throws Exception {
        onBroker(channel -> {
            channel.basicPublish(
                    REQUESTS_EXCHANGE,
                    Topology.PAYMENT_REQUESTS,
                    properties.userId(LocalBroker.OPERATOR).build(),
                    body);
            return null;
        });
    }

    private void sendUnchecked(BasicProperties.Builder properties) {
        try {
            send(properties, POISON);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String refused(int bytes) {
        try {
            send(new BasicProperties.Builder().messageId("large"), new byte[bytes]);
            return "";
        } catch (Exception e) {
            return String.valueOf(
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
                    + e.getMessage();
        }
    }
}
