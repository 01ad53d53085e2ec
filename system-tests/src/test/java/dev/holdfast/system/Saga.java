package dev.holdfast.system;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** The broker from beneath: publishes what no service would, and keeps events back. */
final class Saga implements AutoCloseable {
    private final StackUnderTest stack;
    private final Connection connection;
    private final Channel channel;

    Saga(StackUnderTest stack) throws IOException, TimeoutException {
        this.stack = stack;
        this.connection = stack.broker().connect();
        this.channel = connection.createChannel();
        this.channel.confirmSelect();
    }

    void publish(PaymentEvent event) throws IOException, InterruptedException, TimeoutException {
        publish(event.destination(), event.eventId().toString(), PaymentEventJson.write(event));
    }

    void publish(String queue, String messageId, String body)
            throws IOException, InterruptedException, TimeoutException {
        publish(queue, messageId, body.getBytes(StandardCharsets.UTF_8));
    }

    void publish(String queue, String messageId, byte[] body)
            throws IOException, InterruptedException, TimeoutException {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .messageId(messageId)
                .deliveryMode(2)
                .build();
        channel.basicPublish("", queue, properties, body);
        channel.waitForConfirmsOrDie(30_000);
    }

    /** From now on what is sent to this queue comes back to its sender, which keeps it; see {@link #letThrough}. */
    void keepBack(String queue) throws IOException {
        channel.queueUnbind(queue, Topology.EXCHANGE, queue);
    }

    void letThrough(String queue) throws IOException {
        channel.queueBind(queue, Topology.EXCHANGE, queue);
    }

    /** The request for payment that order-service wrote for this order. */
    PaymentEvent requestOf(UUID order) throws Exception {
        try (java.sql.Connection orders = stack.ordersDatabase().open();
                PreparedStatement statement =
                        orders.prepareStatement("select payload from outbox where order_id = ?")) {
            statement.setObject(1, order);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AssertionError("No event was written for order " + order);
                }
                return PaymentEventJson.read(row.getBytes(1));
            }
        }
    }

    /** How many events the broker did not take from order-service and that are still to be sent. */
    long keptBack(UUID order) throws SQLException {
        try (java.sql.Connection orders = stack.ordersDatabase().open();
                PreparedStatement statement = orders.prepareStatement(
                        "select count(*) from outbox where order_id = ? and sent_at is null and attempts > 0")) {
            statement.setObject(1, order);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
