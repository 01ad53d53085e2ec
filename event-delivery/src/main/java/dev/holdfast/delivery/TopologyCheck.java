package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Looks whether the exchanges and queues are there that {@link Topology} names, and changes nothing. Bindings cannot be seen so. */
final class TopologyCheck {
    private TopologyCheck() {}

    /**
     * Returns where all is there.
     *
     * @param queues how many each direction has
     * @throws IOException which names what the broker lacks; the channel is closed then
     */
    static void require(Connection connection, Channel channel, int queues) throws IOException {
        List<Part> parts = Part.all(queues);
        try {
            for (Part part : parts) {
                part.require(channel);
            }
        } catch (IOException e) {
            List<String> missing = missing(connection, parts);
            if (missing.isEmpty()) {
                throw e;
            }
            throw new IOException("The broker has no " + String.join(", no ", missing)
                    + ": load its definitions, see docs/operations.md");
        }
    }

    /** By a channel for each question, as the broker closes the channel that asks for what is not there. */
    private static List<String> missing(Connection connection, List<Part> parts) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Part part : parts) {
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
        static List<Part> all(int queues) {
            List<Part> all = new ArrayList<>(List.of(new Part(false, Topology.DEAD_LETTER_EXCHANGE)));
            for (String first : Topology.QUEUES) {
                all.add(new Part(false, Topology.exchange(first)));
                all.add(new Part(false, Topology.deadLetterExchange(first)));
                Topology.queues(first, queues).forEach(queue -> all.add(new Part(true, queue)));
                all.add(new Part(true, Topology.deadLetterQueue(first)));
            }
            return all;
        }

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
