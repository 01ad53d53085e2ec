package dev.holdfast.delivery;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters as operators meet them, against the real broker and database. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class DeadLettersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Charset UTF_8 = StandardCharsets.UTF_8;
    private static final String LETTERS = "/admin/tests/dead-letters";
    private static final String DEAD = Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS);

    LocalBroker broker;

    @Inject
    RecordingHandler handler;

    @Inject
    DataSource dataSource;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void startEmpty() throws Exception {
        sql("truncate outbox, inbox, dead_letter");
        handler.applied.clear();
        handler.duplicates.clear();
        handler.mended.set(false);
    }

    @Test
    void listsThePoisonAmongAThousandAndAppliesItOnceWhenItIsReplayedAfterItsCauseIsMended() throws Exception {
        List<PaymentEvent> events = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            events.add(requested(i == 500 ? RecordingHandler.POISON : BigDecimal.TEN));
        }
        PaymentEvent poison = events.get(500);
        publish(events.toArray(PaymentEvent[]::new));
        await().atMost(PATIENCE).until(() -> handler.applied.size() >= 999);
        JsonPath letter = awaitOne("?order_id=" + poison.orderId());
        assertThat(new HashSet<>(handler.applied)).hasSize(999).doesNotContain(poison.eventId());
        assertThat(letter.getString("reason")).isEqualTo("poison of order " + poison.orderId());
        assertThat(letter.getString("queue")).isEqualTo(Topology.PAYMENT_REQUESTS);
        assertThat(letter.getString("event_id")).isEqualTo(poison.eventId().toString());
        assertThat(letter.getString("type")).isEqualTo("payment_requested");
        assertThat(letter.getString("status")).isEqualTo("WAITING");
        assertThat(letter.getInt("times_dead_lettered")).isEqualTo(1);
        assertThat(list("").getList("")).hasSize(1);
        await().atMost(PATIENCE)
                .until(() -> metrics.get("holdfast.dead.letters.waiting")
                                .tag("queue", Topology.PAYMENT_REQUESTS)
                                .gauge()
                                .value()
                        == 1);

        String id = letter.getString("id");
        handler.mended.set(true);
        replay(id).then().statusCode(200);
        await().atMost(PATIENCE).until(() -> handler.applied.contains(poison.eventId()));
        JsonPath replayedAgain = given().header("X-Operator", "anna@shop.example")
                .post(LETTERS + "/" + id + "/replay")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(replayedAgain.getString("status")).isEqualTo("REPLAYED");
        await().atMost(PATIENCE).until(() -> handler.duplicates.contains(poison.eventId()));

        assertThat(handler.applied).hasSize(1_000).doesNotHaveDuplicates();
        JsonPath acts = acts(id);
        assertThat(acts.getList("act")).containsExactly("REPLAY", "REPLAY");
        assertThat(acts.getList("operator")).containsExactly("anna@shop.example", null);
        assertThat(acts.getList("event_id")).containsOnly(poison.eventId().toString());
        assertThat(acts.getList("reason")).containsOnly("poison of order " + poison.orderId());
        assertThat(letter(id).getString("status")).isEqualTo("REPLAYED");
    }

    @Test
    void aLetterThatFailsAgainWaitsAgain() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        replay(id).then().statusCode(200);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(letter(id).getInt("times_dead_lettered")).isEqualTo(2));
        assertThat(letter(id).getString("status")).isEqualTo("WAITING");
        assertThat(letter(id).getString("handled_at")).isNull();
        assertThat(list("").getList("")).hasSize(1);
    }

    @Test
    void replaysTheLettersOfAReasonStepByStepAndTellsHowManyRemain() throws Exception {
        List<PaymentEvent> poison = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            poison.add(requested(RecordingHandler.POISON));
        }
        publish(poison.toArray(PaymentEvent[]::new));
        publishRaw(null, "{other".getBytes(StandardCharsets.UTF_8));
        await().atMost(PATIENCE).until(() -> list("").getList("").size() == 26);
        handler.mended.set(true);

        JsonPath first = replayMany("{\"reason\":\"poison of order\",\"limit\":20}");
        assertThat(first.getInt("replayed")).isEqualTo(20);
        assertThat(first.getInt("remaining")).isEqualTo(5);
        assertThat(first.getString("stopped_because")).isNull();
        JsonPath second = replayMany("{\"reason\":\"poison of order\"}");
        assertThat(second.getInt("replayed")).isEqualTo(5);
        assertThat(second.getInt("remaining")).isZero();

        await().atMost(PATIENCE).until(() -> handler.applied.size() == 25);
        assertThat(handler.applied)
                .containsExactlyInAnyOrderElementsOf(
                        poison.stream().map(PaymentEvent::eventId).toList());
        assertThat(list("?status=WAITING").getString("[0].reason")).startsWith("not a payment event in JSON");
    }

    @Test
    void discardsWithANoteThatTheAuditKeeps() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        JsonPath discarded = given().header("X-Operator", "not\tclean")
                .contentType(ContentType.JSON)
                .body("{\"note\":\"sent by a test\"}")
                .post(LETTERS + "/" + id + "/discard")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(discarded.getString("status")).isEqualTo("DISCARDED");
        assertThat(discarded.getString("handled_at")).isNotNull();
        assertThat(list("?status=WAITING").getList("")).isEmpty();
        assertThat(list("?status=DISCARDED").getList("")).hasSize(1);

        problem(replay(id), 409, "dead_letter_discarded");
        problem(discard(id, "{\"note\":\"again\"}"), 409, "dead_letter_discarded");
        sql("delete from dead_letter");
        JsonPath acts = acts(id);
        assertThat(acts.getList("act")).containsExactly("DISCARD");
        assertThat(acts.getString("[0].note")).isEqualTo("sent by a test");
        assertThat(acts.getString("[0].operator")).isNull();
        assertThat(handler.applied).isEmpty();
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
                    .headers(Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
                    .build();
            channel.basicPublish("", "given-up", properties, PaymentEventJson.write(event));
            channel.waitForConfirmsOrDie(5_000);
            await().atMost(PATIENCE).until(() -> {
                GetResponse again = channel.basicGet("given-up", false);
                if (again != null) {
                    channel.basicNack(again.getEnvelope().getDeliveryTag(), false, true);
                }
                return list("").getList("").size() == 1;
            });
            channel.queueDelete("given-up");
            return null;
        });
        JsonPath letter = letter(list("").getString("[0].id"));
        assertThat(letter.getString("reason")).contains("delivery_limit");
        assertThat(letter.getString("order_id")).isEqualTo(event.orderId().toString());
        assertThat(letter.getString("headers.traceparent")).startsWith("00-4bf92f");
        assertThat(letter.getString("headers.'x-death'[0].queue")).isEqualTo("given-up");
        assertThat(letter.getString("payload")).contains(event.orderId().toString());

        replay(letter.getString("id")).then().statusCode(200);
        await().atMost(PATIENCE).until(() -> handler.applied.contains(event.eventId()));
    }

    @Test
    void keepsAndReplaysBytesThatAreNoText() throws Exception {
        byte[] body = {(byte) 0xC3, 0x28, 0, 1, 2, (byte) 0xFF};
        publishRaw("odd", body);
        String id = awaitOne("").getString("id");
        JsonPath letter = letter(id);
        assertThat(letter.getString("payload_encoding")).isEqualTo("base64");
        assertThat(Base64.getDecoder().decode(letter.getString("payload"))).isEqualTo(body);
        assertThat(letter.getInt("payload_bytes")).isEqualTo(6);
        assertThat(letter.getString("message_id")).isEqualTo("odd");
        assertThat(letter.getString("order_id")).isNull();
        replay(id).then().statusCode(200);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(letter(id).getInt("times_dead_lettered")).isEqualTo(2));
    }

    @Test
    void knowsAMessageWithoutAnIdAgain() throws Exception {
        byte[] body = "{broken".getBytes(StandardCharsets.UTF_8);
        publishRaw(null, body);
        String id = awaitOne("").getString("id");
        replay(id).then().statusCode(200);
        publishRaw(null, body);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(letter(id).getInt("times_dead_lettered")).isEqualTo(3));
        assertThat(list("").getList("")).hasSize(1);
    }

    @Test
    void takesTheOrderIdWhereAnEventHasNoId() throws Exception {
        UUID order = UUID.randomUUID();
        publishRaw(
                "no-id",
                "{\"type\":\"payment_guessed\",\"order_id\":\"%s\"}"
                        .formatted(order)
                        .getBytes(UTF_8));
        JsonPath letter = awaitOne("?type=payment_guessed");
        assertThat(letter.getString("event_id")).isEqualTo(order.toString());
        assertThat(letter.getString("order_id")).isEqualTo(order.toString());
    }

    @Test
    void storesALetterOnceThatIsDeliveredAgainAfterACrash() throws Exception {
        PaymentEvent event = requested(BigDecimal.TEN);
        for (int i = 0; i < 3; i++) {
            // What the broker delivers again when the process dies between the insert and the acknowledgement.
            putIntoDeadLetterQueue(event, Map.of(Topology.REASON_HEADER, "why", Topology.DEATH_HEADER, "death-1"));
        }
        String id = awaitOne("").getString("id");
        awaitEmptyDeadLetterQueue();
        assertThat(letter(id).getInt("times_dead_lettered")).isEqualTo(1);
        discard(id, "{\"note\":\"handled\"}").then().statusCode(200);
        putIntoDeadLetterQueue(event, Map.of(Topology.REASON_HEADER, "why", Topology.DEATH_HEADER, "death-1"));
        awaitEmptyDeadLetterQueue();
        assertThat(letter(id).getString("status")).isEqualTo("DISCARDED");
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
        assertThat(letter(first.getString("id")).getMap("headers")).containsKey("x-holdfast-headers-dropped");
        sql("truncate dead_letter");

        publishRaw("long", ("{\"a\":\"" + "x".repeat(200_000) + "\"}").getBytes(UTF_8));
        String id = awaitOne("").getString("id");
        JsonPath letter = letter(id);
        assertThat(letter.getInt("payload_bytes")).isEqualTo(200_008);
        assertThat(letter.getBoolean("payload_truncated")).isTrue();
        assertThat(letter.getString("payload")).hasSize(65_536);
        problem(replay(id), 409, "dead_letter_truncated");
        assertThat(replayMany("{\"reason\":\"missing\"}").getInt("replayed")).isZero();
    }

    @Test
    void aLetterGoesOnWaitingWhileTheBrokerDoesNotTakeIt() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        broker.stop();
        try {
            problem(replay(id), 503, "replay_not_taken");
            Response many = given().contentType(ContentType.JSON)
                    .body("{\"reason\":\"poison\"}")
                    .post(LETTERS + "/replay");
            problem(many, 503, "replay_not_taken");
            assertThat(many.header("Retry-After")).isNotNull();
        } finally {
            broker.start();
        }
        assertThat(letter(id).getString("status")).isEqualTo("WAITING");
        assertThat(acts(id).getList("")).isEmpty();
        await().atMost(PATIENCE).until(() -> replay(id).statusCode() == 200);
        await().atMost(PATIENCE).until(() -> handler.applied.contains(poison.eventId()));
    }

    @Test
    void aReplayThatNoQueueTakesIsRefused() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        onBroker(channel ->
                channel.queueUnbind(Topology.PAYMENT_REQUESTS, Topology.EXCHANGE, Topology.PAYMENT_REQUESTS));
        try {
            problem(replay(id), 503, "replay_not_taken");
            assertThat(letter(id).getString("status")).isEqualTo("WAITING");
        } finally {
            onBroker(channel ->
                    channel.queueBind(Topology.PAYMENT_REQUESTS, Topology.EXCHANGE, Topology.PAYMENT_REQUESTS));
        }
    }

    @Test
    void listsPageByPageNewestFirst() throws Exception {
        sql("insert into dead_letter (id, queue, properties, headers, payload, payload_bytes, truncated, reason, death,"
                + " first_at) select gen_random_uuid(), 'payment_requests', '{}', '{}', '', 0, false, 'reason ' || n, '',"
                + " now() - make_interval(secs => n / 3) from generate_series(1, 25) as n");
        List<String> ids = new ArrayList<>();
        String next = LETTERS + "?limit=10&reason=reason";
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            ids.addAll(page.jsonPath().getList("id", String.class));
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(ids).hasSize(25).doesNotHaveDuplicates();
        assertThat(list("?reason=reason 25").getList("")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "?limit=0,limit",
        "?limit=201,limit",
        "?limit=ten,limit",
        "?cursor=x,cursor",
        "?status=LOST,status",
        "?order_id=1,order_id",
        "?reason=%00,reason",
        "/1-1-1-1-1,id",
        "/audit?limit=0,limit",
        "/audit?dead_letter_id=x,dead_letter_id"
    })
    void namesWhatIsWrongInARequestToRead(String request, String field) {
        Response answer = given().urlEncodingEnabled(false).get(LETTERS + request);
        problem(answer, 400, "validation_failed");
        assertThat(answer.jsonPath().getList("errors.field")).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/%s/discard | {}                          | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":\" \"}            | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":5}                | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":\"x\",\"a\":1}    | 400 | validation_failed     | a",
                "/%s/discard | {\"note\":                  | 400 | malformed_json        | note",
                "/x/discard  | {\"note\":\"x\"}            | 400 | validation_failed     | id",
                "/%s/discard | {\"note\":\"x\"}            | 404 | dead_letter_not_found |",
                "/replay     | {}                          | 400 | validation_failed     | reason",
                "/replay     | {\"reason\":\"\"}           | 400 | validation_failed     | reason",
                "/replay     | {\"reason\":\"x\",\"limit\":0}   | 400 | validation_failed | limit",
                "/replay     | {\"reason\":\"x\",\"limit\":201} | 400 | validation_failed | limit",
                "/replay     | {\"reason\":\"x\",\"limit\":\"9\"} | 400 | validation_failed | limit"
            })
    void namesWhatIsWrongInAnAct(String path, String body, int status, String code, String field) {
        Response answer = given().contentType(ContentType.JSON)
                .body(body.strip())
                .post(LETTERS + path.strip().formatted(UUID.randomUUID()));
        problem(answer, status, code.strip());
        if (field != null) {
            assertThat(answer.jsonPath().getList("errors.field")).containsExactly(field.strip());
        }
    }

    @Test
    void refusesNotesAndReasonsThatAreTooLong() {
        Response note = discard(UUID.randomUUID().toString(), "{\"note\":\"" + "x".repeat(1_001) + "\"}");
        problem(note, 400, "validation_failed");
        Response reason = given().contentType(ContentType.JSON)
                .body("{\"reason\":\"" + "x".repeat(201) + "\"}")
                .post(LETTERS + "/replay");
        problem(reason, 400, "validation_failed");
        problem(given().get(LETTERS + "/" + UUID.randomUUID()), 404, "dead_letter_not_found");
        problem(replay(UUID.randomUUID().toString()), 404, "dead_letter_not_found");
    }

    private static PaymentEvent requested(BigDecimal amount) {
        return new PaymentRequested(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), amount, Instant.now());
    }

    private static JsonPath list(String query) {
        return given().get(LETTERS + query).then().statusCode(200).extract().jsonPath();
    }

    private static JsonPath letter(String id) {
        return given().get(LETTERS + "/" + id).then().statusCode(200).extract().jsonPath();
    }

    private static JsonPath acts(String id) {
        return given().get(LETTERS + "/audit?dead_letter_id=" + id)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** Waits until the list has this one letter. */
    private static JsonPath awaitOne(String query) {
        await().atMost(PATIENCE).until(() -> list(query).getList("").size() == 1);
        return letter(list(query).getString("[0].id"));
    }

    private static Response replay(String id) {
        return given().post(LETTERS + "/" + id + "/replay");
    }

    private static JsonPath replayMany(String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post(LETTERS + "/replay")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static Response discard(String id, String body) {
        return given().contentType(ContentType.JSON).body(body).post(LETTERS + "/" + id + "/discard");
    }

    private static void problem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }

    private void awaitEmptyDeadLetterQueue() throws Exception {
        await().atMost(PATIENCE).until(() -> onBroker(channel -> channel.messageCount(DEAD)) == 0);
        await().during(Duration.ofMillis(500))
                .atMost(PATIENCE)
                .until(() -> list("").getList("").size() == 1);
    }

    private void putIntoDeadLetterQueue(PaymentEvent event, Map<String, Object> headers) throws Exception {
        onBroker(channel -> {
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId(event.eventId().toString())
                    .headers(headers)
                    .build();
            channel.basicPublish("", DEAD, properties, PaymentEventJson.write(event));
            channel.waitForConfirmsOrDie(5_000);
            return null;
        });
    }

    private void publish(PaymentEvent... events) throws Exception {
        onBroker(channel -> {
            for (PaymentEvent event : events) {
                BasicProperties properties = new BasicProperties.Builder()
                        .messageId(event.eventId().toString())
                        .build();
                channel.basicPublish(Topology.EXCHANGE, event.destination(), properties, PaymentEventJson.write(event));
            }
            channel.waitForConfirmsOrDie(10_000);
            return null;
        });
    }

    private void publishRaw(String messageId, byte[] body) throws Exception {
        onBroker(channel -> {
            BasicProperties properties =
                    new BasicProperties.Builder().messageId(messageId).build();
            channel.basicPublish(Topology.EXCHANGE, Topology.PAYMENT_REQUESTS, properties, body);
            channel.waitForConfirmsOrDie(5_000);
            return null;
        });
    }

    private interface OnChannel<T> {
        T apply(Channel channel) throws Exception;
    }

    private <T> T onBroker(OnChannel<T> work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUrl());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            return work.apply(channel);
        }
    }

    private void sql(String statement) throws Exception {
        try (java.sql.Connection connection = dataSource.getConnection();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.execute();
        }
    }
}
