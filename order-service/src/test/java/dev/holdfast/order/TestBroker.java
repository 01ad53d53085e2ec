package dev.holdfast.order;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The broker as payments sees it. */
final class TestBroker implements AutoCloseable {
    private final Connection connection;
    private final Channel channel;

    TestBroker(String amqpUrl) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(amqpUrl);
        connection = factory.newConnection("test");
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    void publish(List<? extends PaymentEvent> results) throws Exception {
        for (PaymentEvent result : results) {
            AMQP.BasicProperties properties = MessageProperties.PERSISTENT_BASIC
                    .builder()
                    .messageId(result.eventId().toString())
                    .type(result.type())
                    .build();
            channel.basicPublish(
                    Topology.EXCHANGE, Topology.PAYMENT_RESULTS, properties, PaymentEventJson.write(result));
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    void publish(String body) throws Exception {
        publish(Topology.EXCHANGE, Topology.PAYMENT_RESULTS, body);
    }

    /** As the broker, or an earlier version of this service, leaves one. */
    void publishDeadLetter(String body) throws Exception {
        publish(Topology.DEAD_LETTER_EXCHANGE, Topology.deadLetterQueue(Topology.PAYMENT_RESULTS), body);
    }

    private void publish(String exchange, String routingKey, String body) throws Exception {
        channel.basicPublish(
                exchange, routingKey, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(10_000);
    }

    /** The next payment request that this service sent; null when there is none. */
    @Nullable
    PaymentEvent takeRequest() throws Exception {
        GetResponse response = channel.basicGet(Topology.PAYMENT_REQUESTS, true);
        return response == null ? null : PaymentEventJson.read(response.getBody());
    }

    @Override
    public void close() throws Exception {
        connection.close();
    }
}
