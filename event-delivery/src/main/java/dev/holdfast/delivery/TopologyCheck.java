package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks whether the exchanges and queues are there that {@link Topology} names, and changes nothing. Bindings cannot be seen so. */
final class TopologyCheck {
    private TopologyCheck() {}

    /**
     * Returns where all is there.
     *
     * @throws IOException which names what the broker lacks; the channel is closed then
     */
    static void require(Connection connection, Channel channel) throws IOException {
        try {
            for (Part part : Part.ALL) {
                part.require(channel);
            }
        } catch (IOException e) {
            List<String> missing = missing(connection);
            if (missing.isEmpty()) {
                throw e;
            }
            throw new IOException("The broker has no " + String.join(", no ", missing)
                    + ": load its definitions, see docs/operations.md");
        }
    }

    /** By a channel for each question, as the broker closes the channel that asks for what is not there. */
    private static List<String> missing(Connection connection) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Part part : Part.ALL) {
            Channel channel = connection.createChannel();
            try {
                part.require(channel);
                channel.abort();
            } catch (IOException e) {
                if (!isNotFound(e)) {
                    throw e;
                }
                missing.add(part.toString());
            }
        }
        return missing;
    }

    private static boolean isNotFound(IOException failure) {
        return failure.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.NOT_FOUND;
    }

    /** An exchange or a queue. */
    private record Part(boolean isQueue, String name) {
        static final List<Part> ALL = Stream.concat(
                        Stream.of(new Part(false, Topology.DEAD_LETTER_EXCHANGE)),
                        Topology.QUEUES.stream()
                                .flatMap(queue -> Stream.of(
                                        new Part(false, Topology.exchange(queue)),
                                        new Part(false, Topology.deadLetterExchange(queue)),
                                        new Part(true, queue),
                                        new Part(true, Topology.deadLetterQueue(queue)))))
                .toList();

        void require(Channel channel) throws IOException {
            if (isQueue) {
                channel.queueDeclarePassive(name);
            } else {
                channel.exchangeDeclarePassive(name);
            }
        }

        @Override
        public String toString() {
            return (isQueue ? "queue " : "exchange ") + name;
        }
    }
}
