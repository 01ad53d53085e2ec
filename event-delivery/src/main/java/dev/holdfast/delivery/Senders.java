package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who may send what this service applies: one broker user. Who has sent a message is what its AMQP {@code user-id} says, which
 * the broker compares with the connection it came by.
 */
@ApplicationScoped
public class Senders {
    private final String expected;
    private final boolean acceptsWithoutSender;
    private final DeadLetterSeal seal;

    Senders(DeliveryConfig config, DeadLetterSeal seal) {
        expected = config.consumer().sender();
        acceptsWithoutSender = config.consumer().acceptWithoutSender();
        this.seal = seal;
    }

    /** The one whose messages are applied. */
    public String expected() {
        return expected;
    }

    /** Whether messages are applied that name no sender, as those of the last version. */
    public boolean acceptsWithoutSender() {
        return acceptsWithoutSender;
    }

    /** @param sender null where the message names none */
    public boolean accepts(@Nullable String sender) {
        return sender == null ? acceptsWithoutSender : expected.equals(sender);
    }

    /** Why a message of this sender is not applied. */
    String refusal(@Nullable String sender) {
        return "not sent by " + expected + (sender == null ? ": it names no sender" : ", but by " + sender);
    }

    /**
     * What tells a service of this queue, when it finds its own dead letter again, which failure of which message it is, and who
     * sent it.
     *
     * @param messageId of the dead letter
     * @param properties of the message
     */
    Map<String, Object> sealed(String queue, String messageId, BasicProperties properties, byte[] body) {
        String sender = properties.getUserId() == null ? "" : properties.getUserId();
        String failure = UUID.randomUUID().toString();
        return Map.of(
                Topology.SENDER_HEADER,
                sender,
                Topology.DEAD_LETTER_HEADER,
                failure,
                Topology.SEAL_HEADER,
                seal(queue, sender, messageId, failure, properties, body));
    }

    /**
     * Who sent a message that was found in the dead-letter queue of this queue; null where it named none. The word of a header is
     * taken only from this service itself, for the same failure of the same message. Otherwise it is whoever put the message
     * there, as when the broker did.
     *
     * @param original what the message carried
     */
    public @Nullable String ofDeadLetter(String queue, BasicProperties properties, Original original, byte[] body) {
        String sender = original.text(Topology.SENDER_HEADER);
        String failure = original.text(Topology.DEAD_LETTER_HEADER);
        String proof = original.text(Topology.SEAL_HEADER);
        if (sender == null || failure == null || proof == null) {
            return properties.getUserId();
        }
        String own = seal(queue, sender, DeadLetters.messageId(properties, body), failure, properties, body);
        if (!MessageDigest.isEqual(own.getBytes(StandardCharsets.UTF_8), proof.getBytes(StandardCharsets.UTF_8))) {
            return properties.getUserId();
        }
        return sender.isEmpty() ? null : sender;
    }

    /** Over all that makes the id of a dead letter, and its failure. */
    private String seal(
            String queue, String sender, String messageId, String failure, BasicProperties properties, byte[] body) {
        String bodyBytes = String.valueOf(OutgoingProperties.bodyBytes(properties));
        return seal.of(body, queue, sender, messageId, failure, bodyBytes);
    }
}
