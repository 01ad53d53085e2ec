package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.ConfigProvider;

/** What order-service does on the broker: it asks for captures and hears the results. */
public final class OrderSide implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Connection connection;
    private final Channel publishing;
    private final Map<UUID, List<PaymentEvent>> results = new ConcurrentHashMap<>();

    private OrderSide(Connection connection) throws IOException {
        this.connection = connection;
        publishing = connection.createChannel();
        publishing.confirmSelect();
        Channel consuming = connection.createChannel();
        consuming.basicConsume(
                Topology.PAYMENT_RESULTS,
                true,
                (tag, delivery) -> {
                    try {
                        PaymentEvent result = PaymentEventJson.read(delivery.getBody());
                        results.computeIfAbsent(result.orderId(), order -> new CopyOnWriteArrayList<>())
                                .add(result);
                    } catch (MalformedEventException e) {
                        throw new IllegalStateException(e);
                    }
                },
                tag -> {});
    }

    public static OrderSide open() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(ConfigProvider.getConfig().getValue("OTHER_AMQP_URL", String.class));
        // Or a connection that a test gave up would come back and take results away from the next.
        factory.setAutomaticRecoveryEnabled(false);
        return new OrderSide(factory.newConnection());
    }

    public static PaymentRequested request(UUID user, UUID order, String amount) {
        return new PaymentRequested(UUID.randomUUID(), order, user, new BigDecimal(amount), Instant.now());
    }

    public void publish(PaymentEvent... events) throws Exception {
        for (PaymentEvent event : events) {
            publish(event.eventId().toString(), PaymentEventJson.write(event));
        }
        publishing.waitForConfirmsOrDie(DEADLINE.toMillis());
    }

    public void publish(String messageId, String body) throws Exception {
        publish(messageId, body.getBytes(StandardCharsets.UTF_8));
        publishing.waitForConfirmsOrDie(DEADLINE.toMillis());
    }

    private void publish(String messageId, byte[] body) throws IOException {
        BasicProperties persistent = new BasicProperties.Builder()
                .messageId(messageId)
                .userId(Topology.ORDERS_USER)
                .deliveryMode(2)
                .build();
        publishing.basicPublish(
                Topology.exchange(Topology.PAYMENT_REQUESTS), Topology.PAYMENT_REQUESTS, true, persistent, body);
    }

    /** Waits until this many results of the order were heard. */
    public List<PaymentEvent> results(UUID order, int count) {
        await().atMost(DEADLINE)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() ->
                        assertThat(heard(order)).as("results of the order").hasSizeGreaterThanOrEqualTo(count));
        return heard(order);
    }

    /** What was heard of the order so far. */
    public List<PaymentEvent> heard(UUID order) {
        return new ArrayList<>(results.getOrDefault(order, List.of()));
    }

    /** Why the order's first payment failed, {@code succeeded} where it did not. */
    public String outcome(UUID order) {
        return results(order, 1).getFirst() instanceof PaymentFailed failed
                ? failed.reason().wireName()
                : "succeeded";
    }

    /** Waits until so many dead letters wait, and discards them: their reasons by their message ids. */
    public Map<String, String> deadLetters(int count) {
        String deadLetters = "/admin/payments/dead-letters";
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(waiting(deadLetters)).hasSizeGreaterThanOrEqualTo(count));
        Map<String, String> reasons = new ConcurrentHashMap<>();
        for (String id : waiting(deadLetters)) {
            JsonPath deadLetter = given().get(deadLetters + "/" + id).jsonPath();
            reasons.put(deadLetter.getString("message_id"), deadLetter.getString("reason"));
            given().contentType(ContentType.JSON)
                    .body("{\"note\":\"expected by a test\"}")
                    .post(deadLetters + "/" + id + "/discard")
                    .then()
                    .statusCode(200);
        }
        return reasons;
    }

    private static List<String> waiting(String deadLetters) {
        return given().get(deadLetters + "?status=WAITING&limit=200").jsonPath().getList("id", String.class);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
