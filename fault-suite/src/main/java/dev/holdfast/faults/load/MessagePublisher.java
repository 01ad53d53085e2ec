package dev.holdfast.faults.load;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Publishes events and whatever else anybody may send; the broker confirms it. */
public final class MessagePublisher {
    static final int PERSISTENT = 2;
    private static final long CONFIRM_TIMEOUT_MILLIS = 30_000;

    private final Connection connection;
    private final String exchange;
    private final Channel channel;

    /** @param exchange empty to publish to queues by their names */
    public MessagePublisher(Connection connection, String exchange) throws IOException {
        this.connection = connection;
        this.exchange = exchange;
        this.channel = connection.createChannel();
        this.channel.confirmSelect();
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
        channel.basicPublish(exchange, destination, true, properties, body);
    }

    /** Returns when the broker has all that was published. */
    public void awaitConfirms() throws IOException, InterruptedException, TimeoutException {
        channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
    }

    /** Whether the broker refuses a body of this length, which costs its sender the channel. */
    boolean isRefused(String destination, int bytes) throws IOException, InterruptedException, TimeoutException {
        Channel own = connection.createChannel();
        try {
            own.confirmSelect();
            own.basicPublish(exchange, destination, null, new byte[bytes]);
            own.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
            own.close();
            return false;
        } catch (IOException | ShutdownSignalException refused) {
            return !own.isOpen();
        }
    }
}
