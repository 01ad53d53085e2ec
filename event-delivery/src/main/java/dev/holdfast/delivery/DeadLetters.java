package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sets messages that can never be applied aside, with the reason in the header {@code Topology.REASON_HEADER}. */
@ApplicationScoped
public class DeadLetters {
    /** Told when the broker has a dead letter of this queue. */
    public record Added(String queue) {}

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);

    private final Broker broker;
    private final Senders senders;
    private final ConfirmingPublisher publisher;
    private final MeterRegistry metrics;
    private final Event<Added> added;

    DeadLetters(Broker broker, Senders senders, DeliveryConfig config, MeterRegistry metrics, Event<Added> added) {
        this.broker = broker;
        this.senders = senders;
        publisher =
                new ConfirmingPublisher(broker, "dead letters", config.relay().confirmTimeout());
        this.metrics = metrics;
        this.added = added;
    }

    void stop(@Observes ShutdownEvent stopping) {
        publisher.stop();
    }

    /** The message's id, or else one made from its body, by which the same message is known again when it comes back. */
    public static String messageId(BasicProperties properties, byte[] body) {
        return properties.getMessageId() == null ? UUID.nameUUIDFromBytes(body).toString() : properties.getMessageId();
    }

    /**
     * Puts the message into the dead-letter queue of its queue; after a crash between this and its acknowledgement it is
     * there twice.
     *
     * @throws IOException when the broker did not confirm it
     */
    void add(String queue, Delivery delivery, byte[] body, String reason) throws IOException, InterruptedException {
        String messageId = OutgoingProperties.cut(messageId(delivery.properties(), body));
        BasicProperties properties = OutgoingProperties.deadLetter(
                broker.user(),
                messageId,
                delivery.properties(),
                reason,
                senders.sealed(queue, messageId, delivery.properties(), body));
        @Nullable
        String failure = publisher
                .publish(List.of(new ConfirmingPublisher.Outgoing(
                        Topology.deadLetterExchange(queue), Topology.deadLetterQueue(queue), properties, body)))
                .getFirst();
        if (failure != null) {
            throw new IOException("The dead letter was " + failure);
        }
        metrics.counter("holdfast.dead.letters", "queue", queue).increment();
        LOG.errorf("Message %s of queue %s became a dead letter: %s", messageId, queue, reason);
        added.fire(new Added(queue));
    }
}
