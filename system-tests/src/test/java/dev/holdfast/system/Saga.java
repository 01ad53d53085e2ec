package dev.holdfast.system;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.load.MessagePublisher;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** The broker from beneath: publishes what no service would, and keeps events back. */
final class Saga implements AutoCloseable {
    private final StackUnderTest stack;
    private final Connection connection;
    private final Channel channel;
    private final MessagePublisher publisher;

    Saga(StackUnderTest stack) throws IOException, TimeoutException {
        this.stack = stack;
        this.connection = stack.broker().connect();
        this.channel = connection.createChannel();
        for (String queue : Topology.QUEUES) {
            channel.queueBind(queue, Topology.exchange(queue), pastTheBinding(queue));
        }
        this.publisher = new MessagePublisher(stack, Saga::pastTheBinding);
    }

    void publish(PaymentEvent event) throws IOException, InterruptedException, TimeoutException {
        publisher.publish(event);
        publisher.awaitConfirms();
    }

    void publish(String queue, String messageId, String body)
            throws IOException, InterruptedException, TimeoutException {
        publish(queue, messageId, body.getBytes(StandardCharsets.UTF_8));
    }

    void publish(String queue, String messageId, byte[] body)
            throws IOException, InterruptedException, TimeoutException {
        publisher.publish(queue, messageId, body);
        publisher.awaitConfirms();
    }

    /** By which a queue takes what this publishes also while what the services publish is kept back. */
    private static String pastTheBinding(String queue) {
        return queue + " of a test";
    }

    /** From now on what is sent to this queue comes back to its sender, which keeps it; see {@link #letThrough}. */
    void keepBack(String queue) throws IOException {
        channel.queueUnbind(queue, Topology.exchange(queue), queue);
    }

    void letThrough(String queue) throws IOException {
        channel.queueBind(queue, Topology.exchange(queue), queue);
    }

    /** The request for payment that order-service wrote for this order. */
    PaymentEvent requestOf(UUID order) throws Exception {
        String payload = stack.ordersDatabase()
                .texts("select convert_from(payload, 'UTF8') from outbox where order_id = ?", order)
                .getFirst();
        return PaymentEventJson.read(payload.getBytes(StandardCharsets.UTF_8));
    }

    /** How many events the broker did not take from order-service and that are still to be sent. */
    long keptBack(UUID order) throws SQLException {
        return stack.ordersDatabase()
                .count("select count(*) from outbox where order_id = ? and sent_at is null and attempts > 0", order);
    }

    @Override
    public void close() throws IOException {
        publisher.close();
        connection.close();
    }
}
