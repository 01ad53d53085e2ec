package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.reactive.messaging.connector.InboundConnector;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.Test;

/**
 * Why Holdfast has a connector of its own: what happens to a message that nobody acknowledged, where one of an earlier
 * connection is acknowledged late. Should the second test fail with a new version of SmallRye, the stock connector has
 * learned it.
 */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class LateAcknowledgementIT extends DeliveryFixture {
    @Inject
    Broker connections;

    @Inject
    DeliveryConfig config;

    @Inject
    DeadLetters deadLetters;

    @Inject
    @Connector("smallrye-rabbitmq")
    InboundConnector stock;

    @Test
    void acknowledgesNothingOnAnotherConnection() throws Exception {
        Map<String, String> channel = Map.of("channel-name", "late", "queue", "late_own");
        // One of the test's own: a channel that has ended is no longer healthy, and this one will.
        QueueConnector own = new QueueConnector(connections, config, deadLetters, new SimpleMeterRegistry());
        assertThat(leftAfterALateAcknowledgement("late_own", own, channel)).containsExactly("second", "third");
        assertThat(own.getLiveness().isOk()).isFalse();
    }

    @Test
    void theStockConnectorLosesAMessageThatNobodyAcknowledged() throws Exception {
        URI broker = URI.create(this.broker.amqpUrl());
        String[] login = broker.getUserInfo().split(":");
        Map<String, String> channel = Map.ofEntries(
                Map.entry("channel-name", "late"),
                Map.entry("host", broker.getHost()),
                Map.entry("port", String.valueOf(broker.getPort())),
                Map.entry("username", login[0]),
                Map.entry("password", login[1]),
                Map.entry("virtual-host", broker.getPath().substring(1)),
                Map.entry("queue.name", "late_stock"),
                Map.entry("queue.declare", "false"),
                Map.entry("exchange.declare", "false"),
                Map.entry("max-outstanding-messages", "10"),
                Map.entry("reconnect-attempts", "10"),
                Map.entry("reconnect-interval", "1"),
                Map.entry("health-enabled", "false"),
                Map.entry("tracing.enabled", "false"));
        assertThat(leftAfterALateAcknowledgement("late_stock", stock, channel)).containsExactly("second");
    }

    /** Acknowledges the first, and the second only after its connection has gone; returns what the queue has then. */
    private List<String> leftAfterALateAcknowledgement(
            String queue, InboundConnector connector, Map<String, String> channel) throws Exception {
        onBroker(opened -> opened.queueDeclare(queue, true, false, false, null));
        List<Message<?>> received = new CopyOnWriteArrayList<>();
        Cancellable subscription = Multi.createFrom()
                .publisher(connector.getPublisher(config(channel)))
                .subscribe()
                .with(received::add);
        send(queue, "first");
        send(queue, "second");
        await().atMost(TIMEOUT).until(() -> received.size() == 2);
        Message<?> second = received.get(1);
        received.getFirst().ack();
        closeConnections();
        // By now the broker has taken the second back, and delivers it as the first message of the next connection.
        send(queue, "third");
        await().atMost(TIMEOUT).until(() -> received.size() == 4);
        second.ack();
        subscription.cancel();
        closeConnections();
        return left(queue);
    }

    /** As an operator does it; it takes seconds, and what was acknowledged before has arrived by then. */
    private void closeConnections() {
        broker.control("close_all_connections", "--global", "test");
    }

    private void send(String queue, String text) throws Exception {
        onBroker(channel -> {
            channel.basicPublish(
                    "", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
            return null;
        });
    }

    private List<String> left(String queue) throws Exception {
        return onBroker(channel -> {
            List<String> left = new ArrayList<>();
            for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
                left.add(new String(next.getBody(), StandardCharsets.UTF_8));
            }
            channel.queueDelete(queue);
            return left;
        });
    }

    private static Config config(Map<String, String> channel) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(channel, "channel", 100))
                .build();
    }
}
