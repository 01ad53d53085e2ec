package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes with confirms and {@code mandatory}, many messages in flight. SmallRye's outgoing channel is not used because
 * it loses the confirms of messages that are in flight when the broker goes away. One thread at a time.
 */
public final class ConfirmingPublisher {
    /** The properties must have a message id that is unique within its batch: it tells which message was returned. */
    public record Outgoing(String exchange, String routingKey, BasicProperties properties, byte[] body) {}

    private final Broker broker;
    private final String purpose;
    private final Duration confirmTimeout;
    private volatile @Nullable Channel channel;
    private volatile @Nullable Confirms confirms;

    public ConfirmingPublisher(Broker broker, String purpose, Duration confirmTimeout) {
        this.broker = broker;
        this.purpose = purpose;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * Connects, where that is not done yet.
     *
     * @throws IOException when the broker cannot be reached
     */
    synchronized Channel connect() throws IOException {
        Channel current = channel;
        if (current != null && current.isOpen()) {
            return current;
        }
        close();
        Channel opened = broker.openChannel(purpose);
        opened.confirmSelect();
        opened.addConfirmListener(
                (tag, multiple) -> settle(opened, tag, multiple, null),
                (tag, multiple) -> settle(opened, tag, multiple, "refused by the broker (nack)"));
        opened.addReturnListener(returned -> {
            Confirms waiting = confirms;
            if (waiting != null && channel == opened) {
                waiting.returned(returned.getProperties().getMessageId(), "not routed: " + returned.getReplyText());
            }
        });
        opened.addShutdownListener(cause -> {
            Confirms waiting = confirms;
            if (waiting != null && channel == opened) {
                waiting.abandon();
            }
        });
        channel = opened;
        return opened;
    }

    /**
     * Publishes the messages and waits for their confirms.
     *
     * @return for each message why it has to be sent again, or null where the broker has it safe in a queue
     * @throws IOException when the broker cannot be reached, and nothing was sent
     */
    public synchronized List<@Nullable String> publish(List<Outgoing> messages)
            throws IOException, InterruptedException {
        Channel open = connect();
        Confirms waiting = new Confirms(
                open.getNextPublishSeqNo(),
                messages.stream()
                        .map(message -> message.properties().getMessageId())
                        .toList());
        confirms = waiting;
        try {
            for (Outgoing message : messages) {
                open.basicPublish(message.exchange(), message.routingKey(), true, message.properties(), message.body());
            }
        } catch (IOException | AlreadyClosedException e) {
            waiting.abandon();
        }
        boolean complete = waiting.await(confirmTimeout);
        confirms = null;
        if (!complete) {
            // A confirm that comes later would be taken for one of the next batch.
            close();
        }
        return waiting.outcomes();
    }

    public synchronized void close() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            Broker.abort(open);
        }
    }

    /** A late confirm of a channel that was given up says nothing about the messages of the next one. */
    private void settle(Channel source, long tag, boolean multiple, @Nullable String failure) {
        Confirms waiting = confirms;
        if (waiting != null && channel == source) {
            waiting.settle(tag, multiple, failure);
        }
    }
}
