package dev.holdfast.order;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalBroker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The broker as payments sees it, and for dead letters as the broker itself. */
final class TestBroker implements AutoCloseable {
    private final Channel channel;
    private final Channel operator;

    TestBroker(LocalBroker broker) throws Exception {
        channel = open(broker.amqpUrl(LocalBroker.PAYMENTS));
        operator = open(broker.amqpUrl());
    }

    private static Channel open(String amqpUrl) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(amqpUrl);
        Channel channel = factory.newConnection("test").createChannel();
        channel.confirmSelect();
        return channel;
    }

    void publish(List<? extends PaymentEvent> results) throws Exception {
        for (PaymentEvent result : results) {
            AMQP.BasicProperties properties = MessageProperties.PERSISTENT_BASIC
                    .builder()
                    .userId(LocalBroker.PAYMENTS)
                    .messageId(result.eventId().toString())
                    .type(result.type())
                    .build();
            channel.basicPublish(
                    Topology.exchange(Topology.PAYMENT_RESULTS),
                    Topology.PAYMENT_RESULTS,
                    properties,
                    PaymentEventJson.write(result));
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    void publish(String body) throws Exception {
        AMQP.BasicProperties properties = MessageProperties.PERSISTENT_BASIC
                .builder()
                .userId(LocalBroker.PAYMENTS)
                .build();
        publish(channel, Topology.exchange(Topology.PAYMENT_RESULTS), Topology.PAYMENT_RESULTS, properties, body);
    }

    /** As the broker, or an earlier version of this service, leaves one. */
    void publishDeadLetter(String body) throws Exception {
        publish(
                operator,
                Topology.DEAD_LETTER_EXCHANGE,
                Topology.deadLetterQueue(Topology.PAYMENT_RESULTS),
                MessageProperties.PERSISTENT_BASIC,
                body);
    }

    private static void publish(
            Channel channel, String exchange, String routingKey, AMQP.BasicProperties properties, String body)
            throws Exception {
        channel.basicPublish(exchange, routingKey, properties, body.getBytes(StandardCharsets.UTF_8));
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
        channel.getConnection().close();
        operator.getConnection().close();
    }
}
