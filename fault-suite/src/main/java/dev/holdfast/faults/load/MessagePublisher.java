package dev.holdfast.faults.load;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** Publishes events, as the service that would send them, and whatever else that one could; the broker confirms it. */
public final class MessagePublisher implements AutoCloseable {
    static final int PERSISTENT = 2;
    private static final long CONFIRM_TIMEOUT_MILLIS = 30_000;

    /** What is sent to each queue, by the user who may write to its exchange. */
    private final Map<String, Channel> channels = new LinkedHashMap<>();

    private final UnaryOperator<String> routingKey;

    /** To the queues by the routing keys that the services use. */
    public MessagePublisher(StackUnderTest stack) throws IOException, TimeoutException {
        this(stack, UnaryOperator.identity());
    }

    /** @param routingKey by which a queue of this name is bound */
    public MessagePublisher(StackUnderTest stack, UnaryOperator<String> routingKey)
            throws IOException, TimeoutException {
        this.routingKey = routingKey;
        open(stack, Topology.PAYMENT_REQUESTS, Topology.ORDERS_USER);
        open(stack, Topology.PAYMENT_RESULTS, Topology.PAYMENTS_USER);
    }

    private void open(StackUnderTest stack, String queue, String sender) throws IOException, TimeoutException {
        Channel channel = stack.brokerAs(sender).connect().createChannel();
        channel.confirmSelect();
        channels.put(queue, channel);
    }

    private static String sender(String queue) {
        return queue.equals(Topology.PAYMENT_REQUESTS) ? Topology.ORDERS_USER : Topology.PAYMENTS_USER;
    }

    private Channel channel(String queue) {
        return Objects.requireNonNull(channels.get(queue), queue);
    }

    /** Returns when the broker has them all. */
    void publishAll(List<? extends PaymentEvent> events) throws IOException, InterruptedException, TimeoutException {
        for (PaymentEvent event : events) {
            publish(event);
        }
        awaitConfirms();
    }

    /** Returns before the broker has it, as the other ways to publish do; see {@link #awaitConfirms}. */
    public void publish(PaymentEvent event) throws IOException {
        publish(event.destination(), event.eventId().toString(), PaymentEventJson.write(event));
    }

    public void publish(String destination, String messageId, byte[] body) throws IOException {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .messageId(messageId)
                .deliveryMode(PERSISTENT)
                .build();
        publish(destination, properties, body);
    }

    void publish(String destination, AMQP.BasicProperties properties, byte[] body) throws IOException {
        channel(destination)
                .basicPublish(
                        Topology.exchange(destination),
                        routingKey.apply(destination),
                        true,
                        properties.builder().userId(sender(destination)).build(),
                        body);
    }

    /** Returns when the broker has all that was published. */
    public void awaitConfirms() throws IOException, InterruptedException, TimeoutException {
        for (Channel channel : channels.values()) {
            channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
        }
    }

    /** Whether the broker refuses a body of this length, which costs its sender the channel. */
    boolean isRefused(String destination, int bytes) throws IOException, InterruptedException, TimeoutException {
        Channel own = channel(destination).getConnection().createChannel();
        try {
            own.confirmSelect();
            own.basicPublish(Topology.exchange(destination), destination, null, new byte[bytes]);
            own.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
            own.close();
            return false;
        } catch (IOException | ShutdownSignalException refused) {
            return !own.isOpen();
        }
    }

    @Override
    public void close() throws IOException {
        for (Channel channel : channels.values()) {
            channel.getConnection().close();
        }
    }
}
