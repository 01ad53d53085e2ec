package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes with confirms and {@code mandatory}, many messages in flight. SmallRye's outgoing channel is not used because
 * it loses the confirms of messages that are in flight when the broker goes away. One thread at a time.
 */
public final class ConfirmingPublisher {
    /** The properties must have a message id that is unique within its batch: it tells which message was returned. */
    public record Outgoing(String exchange, String routingKey, BasicProperties properties, byte[] body) {}

    private static final String STOPS = "the service stops";

    private final Broker broker;
    private final String purpose;
    private final Duration confirmTimeout;
    private volatile @Nullable Channel channel;
    private volatile @Nullable Confirms confirms;
    private volatile boolean stopped;

    public ConfirmingPublisher(Broker broker, String purpose, Duration confirmTimeout) {
        this.broker = broker;
        this.purpose = purpose;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * Connects, unless it is connected.
     *
     * @throws IOException when the broker cannot be reached, or the service stops
     */
    synchronized Channel connect() throws IOException {
        if (stopped) {
            throw new IOException(STOPS);
        }
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
        if (stopped) {
            close();
            throw new IOException(STOPS);
        }
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
        List<@Nullable String> outcomes = new ArrayList<>(messages.size());
        while (outcomes.size() < messages.size()) {
            List<Outgoing> rest = messages.subList(outcomes.size(), messages.size());
            try {
                outcomes.addAll(publishUntilRefused(rest));
            } catch (IOException e) {
                if (outcomes.isEmpty()) {
                    throw e;
                }
                outcomes.addAll(Collections.nCopies(rest.size(), "not sent: " + e.getMessage()));
            }
        }
        return outcomes;
    }

    /**
     * Publishes up to the first message that the client itself refuses, for example because its properties fit no frame. The
     * client has counted it by then, unlike the broker, so that the confirms that follow would be taken for others'.
     */
    private List<@Nullable String> publishUntilRefused(List<Outgoing> messages)
            throws IOException, InterruptedException {
        Channel open = connect();
        Confirms waiting = new Confirms(
                open.getNextPublishSeqNo(),
                messages.stream()
                        .map(message -> message.properties().getMessageId())
                        .toList());
        confirms = waiting;
        boolean complete = false;
        try {
            int sent = 0;
            String refusal = null;
            try {
                for (Outgoing message : messages) {
                    open.basicPublish(
                            message.exchange(), message.routingKey(), true, message.properties(), message.body());
                    sent++;
                }
            } catch (IOException | AlreadyClosedException e) {
                waiting.abandon();
            } catch (RuntimeException e) {
                refusal = "refused by the client: " + e.getMessage();
                waiting.endAt(sent);
            }
            complete = waiting.await(confirmTimeout) && refusal == null;
            if (refusal == null) {
                return waiting.outcomes();
            }
            List<@Nullable String> outcomes = waiting.outcomes().subList(0, sent);
            outcomes.add(refusal);
            return outcomes;
        } finally {
            confirms = null;
            if (!complete) {
                // A confirm that comes later would be taken for one of the next batch.
                close();
            }
        }
    }

    /** Ends for good, also what waits for a confirm in another thread: that is taken as not sent. */
    public void stop() {
        stopped = true;
        Channel open = channel;
        if (open != null) {
            Broker.abort(open);
        }
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
