package dev.holdfast.delivery;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute.Direction;
import io.smallrye.reactive.messaging.connector.InboundConnector;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * A SmallRye connector for incoming channels, on the RabbitMQ Java client; {@code docs/decisions} tell why the stock one
 * is not used. Payloads are {@code byte[]}, each with a {@link Delivery}. A message that is acknowledged after its channel
 * was closed is delivered again; one that is nacked goes back to the queue, at most {@code Topology.DELIVERY_LIMIT} times.
 */
@ApplicationScoped
@Connector(QueueConnector.NAME)
@ConnectorAttribute(
        name = "queue",
        type = "string",
        direction = Direction.INCOMING,
        mandatory = true,
        description = "The queue to consume, one of the topology's")
public class QueueConnector implements InboundConnector {
    public static final String NAME = "holdfast-rabbitmq";

    private final Broker broker;
    private final DeliveryConfig config;

    QueueConnector(Broker broker, DeliveryConfig config) {
        this.broker = broker;
        this.config = config;
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config channel) {
        String queue = channel.getValue("queue", String.class);
        // The buffer is bounded by the subscription, which takes no more from the broker than twice the prefetch.
        return Multi.createFrom()
                .<Message<byte[]>>emitter(
                        emitter -> {
                            QueueSubscription subscription =
                                    new QueueSubscription(queue, broker, config, emitter::emit);
                            emitter.onTermination(subscription::close);
                            subscription.start();
                        },
                        BackPressureStrategy.BUFFER);
    }
}
