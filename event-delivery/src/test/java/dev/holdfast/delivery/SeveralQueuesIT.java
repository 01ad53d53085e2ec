package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.MessageProperties;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One direction with two queues. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class SeveralQueuesIT extends DeliveryFixture {
    private static final List<String> QUEUES = List.of("several", "several_2");

    @Inject
    Broker connections;

    @Inject
    DeadLetters deadLetters;

    private final Slow subscriber = new Slow();

    @AfterEach
    void endAndDelete() throws Exception {
        subscriber.subscription().cancel();
        for (String queue : QUEUES) {
            onBroker(channel -> channel.queueDelete(queue));
        }
    }

    @Test
    void consumesAllQueuesAlsoWhileNobodyTakesWhatTheFirstOneHas() throws Exception {
        for (String queue : QUEUES) {
            onBroker(channel -> channel.queueDeclare(queue, true, false, false, null));
            send(queue, "one");
            send(queue, "two");
        }
        DeliveryConfig two = config(Map.of("holdfast.consumer.sender", "anybody", "holdfast.broker.queues", "2"))
                .withMapping(DeliveryConfig.class)
                .build()
                .getConfigMapping(DeliveryConfig.class);
        QueueConnector connector = new QueueConnector(connections, two, deadLetters, new SimpleMeterRegistry());
        connector
                .getPublisher(config(Map.of("channel-name", "several", "queue", "several"))
                        .build())
                .subscribe(subscriber);

        await().atMost(TIMEOUT)
                .until(() -> connector.getReadiness().getChannels().getFirst().getMessage(), "consuming"::equals);
        assertThat(subscriber.received).isEmpty();

        subscriber.subscription().request(10);

        await().atMost(TIMEOUT).until(() -> subscriber.received.size() == 4);
        assertThat(subscriber.received).containsExactlyInAnyOrder("one", "two", "one", "two");
    }

    private void send(String queue, String text) throws Exception {
        onBroker(channel -> {
            channel.basicPublish(
                    "", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
            return null;
        });
    }

    private static SmallRyeConfigBuilder config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(settings, "settings", 100));
    }

    /** Takes nothing that the test has not asked for. */
    private static final class Slow implements Flow.Subscriber<Message<?>> {
        final List<String> received = new CopyOnWriteArrayList<>();
        private volatile Flow.@Nullable Subscription subscription;

        Flow.Subscription subscription() {
            return Objects.requireNonNull(subscription);
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(Message<?> message) {
            received.add(new String((byte[]) message.getPayload(), StandardCharsets.UTF_8));
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {}
    }
}
