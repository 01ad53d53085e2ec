package dev.holdfast.invariants;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;

/** The queues of the saga, as the broker counts them. */
public final class BrokerQueues {
    public static final List<String> DEAD_LETTERS =
            Topology.QUEUES.stream().map(Topology::deadLetterQueue).toList();
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final String amqpUrl;
    private final int queues;

    /** @param queues how many each direction has */
    public BrokerQueues(String amqpUrl, int queues) {
        this.amqpUrl = amqpUrl;
        this.queues = queues;
    }

    /** Of both directions, those of requests first. */
    public List<String> saga() {
        return Topology.QUEUES.stream()
                .flatMap(first -> Topology.queues(first, queues).stream())
                .toList();
    }

    /**
     * How many messages wait in each of these queues; a message that a consumer holds and has not acknowledged is not
     * among them.
     *
     * @throws IOException when the broker cannot be reached or one of the queues does not exist
     */
    public Map<String, Long> depths(List<String> queues) throws IOException {
        return count(queues, AMQP.Queue.DeclareOk::getMessageCount);
    }

    /**
     * How many consumers each of these queues has.
     *
     * @throws IOException when the broker cannot be reached or one of the queues does not exist
     */
    public Map<String, Long> consumers(List<String> queues) throws IOException {
        return count(queues, AMQP.Queue.DeclareOk::getConsumerCount);
    }

    private Map<String, Long> count(List<String> queues, ToLongFunction<AMQP.Queue.DeclareOk> what) throws IOException {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (String queue : queues) {
                counts.put(queue, what.applyAsLong(channel.queueDeclarePassive(queue)));
            }
            return counts;
        } catch (TimeoutException e) {
            throw new IOException("The broker did not answer in time", e);
        }
    }

    /** A connection of its own for the caller to close; it does not recover by itself. */
    public Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(amqpUrl);
        } catch (URISyntaxException | GeneralSecurityException e) {
            throw new IllegalArgumentException("Not an AMQP URL", e);
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        return factory.newConnection("holdfast-system");
    }
}
