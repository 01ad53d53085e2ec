package dev.holdfast.delivery;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** The real broker and database, both empty before each test, and what a test does with them. */
abstract class DeliveryFixture {
    static final Duration TIMEOUT = Duration.ofSeconds(40);
    static final String REQUESTS_EXCHANGE = Topology.exchange(Topology.PAYMENT_REQUESTS);
    static final BigDecimal GOOD = new BigDecimal("10.00");

    LocalBroker broker;

    @Inject
    Outbox outbox;

    @Inject
    RecordingHandler handler;

    @Inject
    DataSource dataSource;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void startEmpty() throws Exception {
        handler.forget();
        flush();
        sql("truncate outbox, inbox, dead_letter");
        handler.forget();
        onBroker(channel -> channel.queuePurge(Topology.PAYMENT_RESULTS));
    }

    /** What an earlier test left in the queue comes before this event, which is on its way through every connection. */
    private void flush() {
        PaymentEvent last = requested(RecordingHandler.POISON);
        QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(last)));
        await().atMost(TIMEOUT)
                .until(() -> number("select count(*) from dead_letter where order_id = '" + last.orderId() + "'") == 1);
    }

    static PaymentEvent requested(BigDecimal amount) {
        return new PaymentRequested(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), amount, Instant.now());
    }

    void publish(PaymentEvent... events) throws Exception {
        publish(List.of(events));
    }

    void publish(List<PaymentEvent> events) throws Exception {
        onBroker(channel -> {
            for (PaymentEvent event : events) {
                BasicProperties properties = new BasicProperties.Builder()
                        .messageId(event.eventId().toString())
                        .userId(LocalBroker.OPERATOR)
                        .deliveryMode(2)
                        .build();
                channel.basicPublish(
                        Topology.exchange(event.destination()),
                        event.destination(),
                        properties,
                        PaymentEventJson.write(event));
            }
            return null;
        });
    }

    void publishRaw(@Nullable String messageId, byte[] body) throws Exception {
        BasicProperties properties = new BasicProperties.Builder()
                .messageId(messageId)
                .userId(LocalBroker.OPERATOR)
                .build();
        onBroker(channel -> {
            channel.basicPublish(REQUESTS_EXCHANGE, Topology.PAYMENT_REQUESTS, properties, body);
            return null;
        });
    }

    void publishRaw(String body) throws Exception {
        publishRaw(null, body.getBytes(StandardCharsets.UTF_8));
    }

    interface OnChannel<T> {
        T apply(Channel channel) throws Exception;
    }

    /** As the operator, who is the right sender here. */
    <T> T onBroker(OnChannel<T> work) throws Exception {
        return onBroker(LocalBroker.OPERATOR, work);
    }

    /** Returns once the broker has confirmed all that was published. */
    <T> T onBroker(String user, OnChannel<T> work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUrl(user));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            T result = work.apply(channel);
            channel.waitForConfirmsOrDie(TIMEOUT.toMillis());
            return result;
        }
    }

    long unsent() throws Exception {
        return number("select count(*) from outbox where sent_at is null");
    }

    /** What the query counts; nothing counts as 0. */
    long number(String query) throws Exception {
        String first = texts(query).getFirst();
        return first == null ? 0 : Long.parseLong(first);
    }

    /** The first column of what the query returns. */
    List<@Nullable String> texts(String query) throws Exception {
        try (java.sql.Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(query);
                ResultSet row = select.executeQuery()) {
            List<@Nullable String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }

    /** What the service itself may not do, too. */
    void sql(String statement) throws Exception {
        try (java.sql.Connection connection = Administrator.open();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.execute();
        }
    }
}
