package dev.holdfast.localstack;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Over how many queues a broker spreads the events of each direction. It can be changed while the services run: nothing is
 * routed to a queue that nobody consumes, and no queue is deleted that is not empty. In between an event may be in two
 * queues, and the inbox drops it once.
 */
public final class QueueSpread {
    private static final String PLUGIN = "rabbitmq_consistent_hash_exchange";

    private final String amqpUrl;
    private final boolean verified;

    private QueueSpread(String amqpUrl, boolean verified) {
        this.amqpUrl = amqpUrl;
        this.verified = verified;
    }

    /**
     * Of a broker on this machine, whose certificate may be any.
     *
     * @param amqpUrl of a user who may declare, bind and delete
     */
    public static QueueSpread of(String amqpUrl) {
        return new QueueSpread(amqpUrl, false);
    }

    /** Of a broker elsewhere, whose certificate and name are verified where its URL is {@code amqps://}. */
    static QueueSpread elsewhere(String amqpUrl) {
        return new QueueSpread(amqpUrl, true);
    }

    /**
     * Goes on towards so many queues as far as the running services allow it.
     *
     * @return what they need before this is called again; empty once all is done
     * @throws StackException when the broker cannot be reached or refuses it
     */
    public Optional<String> towards(int count) {
        List<String> obstacles = change(count, false);
        return obstacles.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("\n", obstacles) + "\nStart each replica with AMQP_QUEUES=" + count
                        + ", then repeat this");
    }

    /**
     * The same at once, while no service runs.
     *
     * @throws StackException also when a queue holds messages that would have no reader then
     */
    void set(int count) {
        List<String> obstacles = change(count, true);
        if (!obstacles.isEmpty()) {
            throw new StackException(String.join("\n", obstacles) + "\nStart with more queues until they are empty");
        }
    }

    private List<String> change(int count, boolean unread) {
        ConnectionFactory factory = LocalBroker.clientOf(amqpUrl);
        if (verified && factory.isSSL()) {
            verify(factory);
        }
        try (Connection connection = factory.newConnection("holdfast-queues")) {
            List<String> obstacles = new ArrayList<>();
            for (EventQueues queues : EventQueues.ofEachDirection(connection)) {
                queues.declare(count);
                List<String> waiting = unread ? List.of() : queues.withoutConsumer(count);
                obstacles.addAll(waiting);
                if (waiting.isEmpty()) {
                    queues.route(count);
                    obstacles.addAll(queues.deleteBeyond(count));
                }
            }
            return obstacles;
        } catch (IOException | TimeoutException e) {
            if (String.valueOf(e.getCause()).contains("exchange type")) {
                throw new StackException("the broker lacks its plugin " + PLUGIN + ": rabbitmq-plugins enable it", e);
            }
            throw new StackException(
                    "the queues of the broker at " + factory.getHost() + ":" + factory.getPort()
                            + " cannot be changed: " + (e.getCause() == null ? e : e.getCause()),
                    e);
        }
    }

    /** By itself the client trusts everybody. */
    private static void verify(ConnectionFactory factory) {
        try {
            factory.useSslProtocol(SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new StackException("this JDK has no trusted certificates of its own", e);
        }
        factory.enableHostnameVerification();
    }
}
