package dev.holdfast.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute.Direction;
import io.smallrye.reactive.messaging.connector.InboundConnector;
import io.smallrye.reactive.messaging.health.HealthReport;
import io.smallrye.reactive.messaging.health.HealthReport.ChannelInfo;
import io.smallrye.reactive.messaging.health.HealthReporter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.eclipse.microprofile.reactive.messaging.spi.ConnectorFactory;

/**
 * A SmallRye connector for incoming channels, on the RabbitMQ Java client; {@code docs/decisions} tell why the stock one
 * is not used. Payloads are {@code byte[]}, each with a {@link Delivery}.
 *
 * <p>A message that is acknowledged after its channel was closed is delivered again. One that is nacked with a {@link
 * PoisonEventException} becomes a dead letter with its reason, else it goes back to the queue, at most {@code
 * Topology.DELIVERY_LIMIT} times. Readiness names each channel's state, always UP: requests are served while the broker is
 * away. Liveness goes DOWN with a channel that has ended.
 */
@ApplicationScoped
@Connector(QueueConnector.NAME)
@ConnectorAttribute(
        name = "queue",
        type = "string",
        direction = Direction.INCOMING,
        mandatory = true,
        description = "The first queue of the direction to consume, one of the topology's")
public class QueueConnector implements InboundConnector, HealthReporter {
    public static final String NAME = "holdfast-rabbitmq";

    private final Broker broker;
    private final DeliveryConfig config;
    private final DeadLetters deadLetters;
    private final MeterRegistry metrics;
    private final Map<String, QueueSubscription> subscriptions = new ConcurrentHashMap<>();

    QueueConnector(Broker broker, DeliveryConfig config, DeadLetters deadLetters, MeterRegistry metrics) {
        this.broker = broker;
        this.config = config;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config channel) {
        String name = channel.getValue(ConnectorFactory.CHANNEL_NAME_ATTRIBUTE, String.class);
        String queue = channel.getValue("queue", String.class);
        return subscriber -> {
            QueueSubscription subscription =
                    new QueueSubscription(queue, broker, config, deadLetters, metrics, subscriber);
            subscriptions.put(name, subscription);
            Gauge.builder("holdfast.consumer.connected", subscription, it -> it.isConsuming() ? 1 : 0)
                    .description("1 while the broker delivers the messages of this queue, 0 while it is waited for")
                    .tag("queue", queue)
                    .register(metrics);
            subscription.start();
        };
    }

    @Override
    public HealthReport getReadiness() {
        return report((channel, subscription) ->
                new ChannelInfo(channel, true, subscription.isConsuming() ? "consuming" : "waiting for the broker"));
    }

    @Override
    public HealthReport getLiveness() {
        return report((channel, subscription) -> new ChannelInfo(channel, subscription.isOpen()));
    }

    private HealthReport report(BiFunction<String, QueueSubscription, ChannelInfo> state) {
        HealthReport.HealthReportBuilder report = HealthReport.builder();
        subscriptions.forEach((channel, subscription) -> report.add(state.apply(channel, subscription)));
        return report.build();
    }
}
