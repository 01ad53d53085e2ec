package dev.holdfast.delivery;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.event.Topology;
import io.netty.util.concurrent.ImmediateEventExecutor;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Opens connections to RabbitMQ, and declares what {@link Topology} names. */
@ApplicationScoped
public class Broker {
    private static final int HEARTBEAT_SECONDS = 10;
    /** No event is near it: however little is kept of dead letters, events are read whole. */
    private static final long EVENT_BYTES_MAX = 64 * 1024;

    private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(2);

    private final ConnectionFactory connections;
    private final String application;

    Broker(DeliveryConfig config, @ConfigProperty(name = "quarkus.application.name") String application) {
        this.application = application;
        connections = new BoundedFrames.Connections(
                Math.max(EVENT_BYTES_MAX, config.deadLetters().maxPayload().asLongValue()));
        try {
            connections.setUri(config.broker().url());
        } catch (URISyntaxException | GeneralSecurityException e) {
            // Not the cause: its message would show the password.
            throw new IllegalArgumentException(
                    "holdfast.broker.url is not of the form amqp://user:password@host:port/vhost");
        }
        int connectTimeoutMillis =
                Math.toIntExact(config.broker().connectTimeout().toMillis());
        connections.setConnectionTimeout(connectTimeoutMillis);
        connections.setHandshakeTimeout(connectTimeoutMillis);
        connections.setChannelRpcTimeout(connectTimeoutMillis);
        connections.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        // Callbacks only put what is delivered into a queue: the connection's own thread calls them and wakes no other.
        // They may wait for other threads, but never for an answer on the same connection.
        connections.setSharedExecutor(ImmediateEventExecutor.INSTANCE);
        // Whoever holds a connection opens a new one, so that no delivery tag or confirm outlives its channel.
        connections.setAutomaticRecoveryEnabled(false);
    }

    /**
     * Opens a connection and declares the topology on it.
     *
     * @param purpose is shown in the broker's management pages
     * @throws IOException when the broker cannot be reached, or has queues of the same names with other arguments
     */
    public Channel openChannel(String purpose) throws IOException {
        Connection connection;
        try {
            connection = connections.newConnection(application + " " + purpose);
        } catch (TimeoutException e) {
            throw new IOException("The broker did not answer in time", e);
        }
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new IOException("The broker allows no further channel on this connection");
            }
            declareTopology(channel);
            return channel;
        } catch (IOException | RuntimeException e) {
            connection.abort((int) ABORT_TIMEOUT.toMillis());
            throw e;
        }
    }

    /** Closes the channel's connection, without waiting for a broker that does not answer, and without throwing. */
    public static void abort(Channel channel) {
        channel.getConnection().abort((int) ABORT_TIMEOUT.toMillis());
    }

    private static void declareTopology(Channel channel) throws IOException {
        channel.exchangeDeclare(Topology.EXCHANGE, BuiltinExchangeType.DIRECT, true);
        channel.exchangeDeclare(Topology.DEAD_LETTER_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        for (String queue : Topology.QUEUES) {
            declareQueue(channel, queue);
        }
    }

    private static void declareQueue(Channel channel, String queue) throws IOException {
        String deadLetterQueue = Topology.deadLetterQueue(queue);
        channel.queueDeclare(deadLetterQueue, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(deadLetterQueue, Topology.DEAD_LETTER_EXCHANGE, deadLetterQueue);
        channel.queueDeclare(
                queue,
                true,
                false,
                false,
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        Topology.DELIVERY_LIMIT,
                        "x-dead-letter-exchange",
                        Topology.DEAD_LETTER_EXCHANGE,
                        "x-dead-letter-routing-key",
                        deadLetterQueue,
                        // Dead letters are moved with confirms too; this strategy needs an overflow that rejects.
                        "x-dead-letter-strategy",
                        "at-least-once",
                        "x-overflow",
                        "reject-publish"));
        channel.queueBind(queue, Topology.EXCHANGE, queue);
    }
}
