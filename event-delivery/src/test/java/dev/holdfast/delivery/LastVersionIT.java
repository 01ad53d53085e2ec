package dev.holdfast.delivery;

import static dev.holdfast.delivery.DeadLetterCalls.awaitOne;
import static dev.holdfast.delivery.DeadLetterCalls.replay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The update from the last version, whose replicas share one user and one exchange, name no sender, and declare all they use. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
@TestProfile(LastVersionIT.DuringTheUpdate.class)
class LastVersionIT extends DeliveryFixture {
    private static final String ITS_EXCHANGE = "payment_exchange";

    public static class DuringTheUpdate implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("holdfast.consumer.accept-without-sender", "true");
        }
    }

    @Test
    void findsTheDefinitionsAsItWouldDeclareThem() throws Exception {
        onBroker(channel -> {
            declareAsItDoes(channel);
            return null;
        });
    }

    @Test
    void losesNoEventThatEitherVersionPublishes() throws Exception {
        List<PaymentEvent> events = new ArrayList<>();
        onBroker(channel -> {
            declareAsItDoes(channel);
            for (int i = 0; i < 200; i++) {
                PaymentEvent old = requested(GOOD);
                channel.basicPublish(
                        ITS_EXCHANGE,
                        old.destination(),
                        true,
                        new BasicProperties.Builder()
                                .messageId(old.eventId().toString())
                                .deliveryMode(2)
                                .build(),
                        PaymentEventJson.write(old));
                PaymentEvent ours = requested(GOOD);
                QuarkusTransaction.requiringNew().run(() -> outbox.append(OutboxMessage.of(ours)));
                events.addAll(List.of(old, ours));
            }
            return null;
        });
        await().atMost(TIMEOUT).until(() -> handler.applied.size() >= events.size() && unsent() == 0);
        assertThat(handler.applied)
                .containsExactlyInAnyOrderElementsOf(
                        events.stream().map(PaymentEvent::eventId).toList());
        assertThat(number("select count(*) from dead_letter")).isZero();
    }

    @Test
    void aDeadLetterThatItSetAsideCanBeReplayed() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        onBroker(channel -> {
            channel.basicPublish(
                    Topology.DEAD_LETTER_EXCHANGE,
                    Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS),
                    new BasicProperties.Builder()
                            .messageId(poison.eventId().toString())
                            .headers(Map.of(Topology.REASON_HEADER, "poison", Topology.DEAD_LETTER_HEADER, "1"))
                            .build(),
                    PaymentEventJson.write(poison));
            return null;
        });
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        replay(id).then().statusCode(200);
        assertThat(handler.applied).containsExactly(poison.eventId());
    }

    /** Fails where a queue is there with other arguments. */
    private static void declareAsItDoes(Channel channel) throws IOException {
        channel.exchangeDeclare(ITS_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        channel.exchangeDeclare(Topology.DEAD_LETTER_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        for (String queue : Topology.QUEUES) {
            String dead = Topology.deadLetterQueue(queue);
            channel.queueDeclare(dead, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(dead, Topology.DEAD_LETTER_EXCHANGE, dead);
            Map<String, Object> arguments = Map.of(
                    "x-queue-type",
                    "quorum",
                    "x-delivery-limit",
                    20,
                    "x-dead-letter-exchange",
                    Topology.DEAD_LETTER_EXCHANGE,
                    "x-dead-letter-routing-key",
                    dead,
                    "x-dead-letter-strategy",
                    "at-least-once",
                    "x-overflow",
                    "reject-publish");
            channel.queueDeclare(queue, true, false, false, arguments);
            channel.queueBind(queue, ITS_EXCHANGE, queue);
        }
    }
}
