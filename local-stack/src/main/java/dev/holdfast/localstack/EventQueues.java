package dev.holdfast.localstack;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * The queues of one direction, on a broker.
 *
 * @param first the one that is always there, and the name of its direction
 * @param arguments of each of them
 */
record EventQueues(Connection connection, String first, Map<String, Object> arguments) {
    /** An order's id is the correlation id of its events, so all of them are in one queue. */
    private static final Map<String, Object> BY_ORDER = Map.of("hash-property", "correlation_id");
    /** Each queue gets the same share. */
    private static final String WEIGHT = "1";

    static List<EventQueues> ofEachDirection(Connection connection) {
        return BrokerDefinitions.eventQueues().entrySet().stream()
                .map(queue -> new EventQueues(connection, queue.getKey(), queue.getValue()))
                .toList();
    }

    /** Nothing is routed to them yet. */
    void declare(int count) throws IOException, TimeoutException {
        try (Channel channel = connection.createChannel()) {
            for (int number = 1; number <= count; number++) {
                channel.queueDeclare(queue(number), true, false, false, arguments);
            }
            if (count > 1) {
                channel.exchangeDeclare(spreading(), "x-consistent-hash", true, false, true, BY_ORDER);
            }
        }
    }

    List<String> withoutConsumer(int count) throws IOException {
        List<String> without = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            if (look(number).orElseThrow().getConsumerCount() == 0) {
                without.add(queue(number) + " has no consumer");
            }
        }
        return without;
    }

    /** The new way is there before the old one goes. */
    void route(int count) throws IOException, TimeoutException {
        try (Channel channel = connection.createChannel()) {
            if (count > 1) {
                for (int number = 1; number <= count; number++) {
                    channel.queueBind(queue(number), spreading(), WEIGHT);
                }
                channel.exchangeBind(spreading(), exchange(), first);
                channel.queueUnbind(first, exchange(), first);
            } else {
                channel.queueBind(first, exchange(), first);
                if (isSpread()) {
                    channel.exchangeUnbind(spreading(), exchange(), first);
                }
            }
        }
    }

    /** Returns which of them cannot be deleted yet. */
    List<String> deleteBeyond(int count) throws IOException, TimeoutException {
        List<String> left = new ArrayList<>();
        try (Channel channel = connection.createChannel()) {
            for (int number = count + 1; look(number).isPresent(); number++) {
                channel.queueUnbind(queue(number), spreading(), WEIGHT);
                if (isUnused(number, channel)) {
                    channel.queueDelete(queue(number));
                } else {
                    left.add(queue(number) + " is to go, and still has messages or consumers: wait until it is empty");
                }
            }
            if (count == 1 && left.isEmpty()) {
                channel.exchangeDelete(spreading());
            }
        }
        return left;
    }

    /** Its leader is asked for a message: the numbers of a queue leave out what a consumer holds, and are 0 without a leader. */
    private boolean isUnused(int number, Channel channel) throws IOException {
        if (look(number).orElseThrow().getConsumerCount() > 0) {
            return false;
        }
        GetResponse message = channel.basicGet(queue(number), false);
        if (message != null) {
            channel.basicReject(message.getEnvelope().getDeliveryTag(), true);
        }
        return message == null && look(number).orElseThrow().getConsumerCount() == 0;
    }

    private String queue(int number) {
        return Topology.queues(first, number).getLast();
    }

    private String exchange() {
        return Topology.exchange(first);
    }

    private String spreading() {
        return Topology.spreadingExchange(first);
    }

    private boolean isSpread() throws IOException {
        return passively(channel -> channel.exchangeDeclarePassive(spreading())).isPresent();
    }

    private Optional<AMQP.Queue.DeclareOk> look(int number) throws IOException {
        return passively(channel -> channel.queueDeclarePassive(queue(number)));
    }

    /** By a channel of its own, as the broker closes the one that asks for what is not there. */
    private <T> Optional<T> passively(Question<T> question) throws IOException {
        Channel channel = connection.createChannel();
        try {
            T answer = question.ask(channel);
            channel.abort();
            return Optional.of(answer);
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close
                    && close.getReplyCode() == AMQP.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(Channel channel) throws IOException;
    }
}
