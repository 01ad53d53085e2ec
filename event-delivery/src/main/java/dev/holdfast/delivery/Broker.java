package dev.holdfast.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.event.Topology;
import io.netty.util.concurrent.ImmediateEventExecutor;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Opens connections to RabbitMQ, where all must be there that {@link Topology} names: services declare nothing. */
@ApplicationScoped
public class Broker {
    private static final String ENCRYPTED = "amqps:";
    private static final int HEARTBEAT_SECONDS = 10;
    /** No event is near it: however little is kept of dead letters, events are read whole. */
    private static final long EVENT_BYTES_MAX = 64 * 1024;

    private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(2);

    private final ConnectionFactory connections;
    private final String application;
    private final int queues;
    private final @Nullable Path passwordFile;

    Broker(DeliveryConfig config, @ConfigProperty(name = "quarkus.application.name") String application) {
        this.application = application;
        queues = config.broker().queues();
        passwordFile = config.broker().passwordFile().orElse(null);
        connections = new BoundedFrames.Connections(
                Math.max(EVENT_BYTES_MAX, config.deadLetters().maxPayload().asLongValue()));
        String url = config.broker()
                .url()
                .orElseThrow(() -> new IllegalStateException(
                        "AMQP_URL must be given: the broker, as amqp://user:password@host:port/vhost"));
        if (isEncrypted(url)) {
            // Before the client knows the URL: by itself it trusts everybody.
            connections.setSslContextFactory(
                    new BrokerTrust(config.broker().caFile().orElse(null)));
            connections.enableHostnameVerification();
        }
        try {
            connections.setUri(url);
        } catch (URISyntaxException | GeneralSecurityException e) {
            // Not the cause: its message would show the password.
            throw new IllegalArgumentException("AMQP_URL is not of the form amqp://user:password@host:port/vhost");
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

    /** Whom the broker knows this service as, and so the sender of all that it publishes. */
    public String user() {
        return connections.getUsername();
    }

    /**
     * Opens a connection, and looks whether all exchanges and queues are there.
     *
     * @param purpose is shown in the broker's management pages
     * @throws IOException when the broker cannot be reached or refuses the password, or tells what it lacks
     */
    public Channel openChannel(String purpose) throws IOException {
        Connection connection;
        try {
            takePasswordOfNow();
            connection = connections.newConnection(application + " " + purpose);
        } catch (TimeoutException e) {
            throw new IOException("The broker did not answer in time", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new IOException("The broker allows no further channel on this connection");
            }
            TopologyCheck.require(connection, channel, queues);
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

    private static boolean isEncrypted(String url) {
        return url.regionMatches(true, 0, ENCRYPTED, 0, ENCRYPTED.length());
    }

    /** Another thread may set the one it has read as well, which is as new. */
    private void takePasswordOfNow() throws IOException {
        if (passwordFile != null) {
            connections.setPassword(Files.readString(passwordFile).strip());
        }
    }
}
