package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Consumes one queue for as long as it is open: whatever ends a connection, the next one follows. */
final class QueueSubscription {
    private static final Logger LOG = Logger.getLogger(QueueSubscription.class);

    /** Ten thousand events. Messages of other kinds are cut to some hundred kilobytes each before they come here. */
    private static final int IN_HAND_BYTES_MAX = 16 * 1024 * 1024;

    private final String queue;
    private final Broker broker;
    private final DeliveryConfig config;
    private final Consumer<Message<byte[]>> receiver;
    private final Room room;

    private volatile boolean open = true;
    private volatile CountDownLatch connectionLost = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    QueueSubscription(String queue, Broker broker, DeliveryConfig config, Consumer<Message<byte[]>> receiver) {
        this.queue = queue;
        this.broker = broker;
        this.config = config;
        this.receiver = receiver;
        room = new Room(2 * config.consumer().prefetch(), IN_HAND_BYTES_MAX);
    }

    void start() {
        thread = Worker.start("consume " + queue, this::run);
    }

    void close() {
        open = false;
        connectionLost.countDown();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), config.broker().maxReconnectDelay());
        while (open) {
            try {
                Channel channel = broker.openChannel(queue);
                try {
                    consume(channel);
                    backoff.reset();
                    connectionLost.await();
                } finally {
                    Broker.abort(channel);
                }
            } catch (IOException | RuntimeException e) {
                LOG.warnf("Queue %s is not consumed: %s", queue, e);
            } catch (InterruptedException e) {
                return;
            }
            pause(backoff.next());
        }
    }

    private void consume(Channel channel) throws IOException {
        CountDownLatch lost = new CountDownLatch(1);
        connectionLost = lost;
        Unsettled ofChannel = new Unsettled(channel, room);
        channel.basicQos(config.consumer().prefetch());
        channel.basicConsume(queue, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                // Blocks the connection's thread, and so the broker, when too much is unsettled.
                Delivery delivery = new Delivery(properties, envelope.getDeliveryTag(), ofChannel);
                ofChannel.add(delivery.tag(), body.length + delivery.carriedCharacters());
                receiver.accept(message(delivery, body));
            }

            @Override
            public void handleCancel(String tag) {
                LOG.warnf("The broker cancelled the consumer of queue %s", queue);
                lost.countDown();
            }

            @Override
            public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
                if (open) {
                    LOG.warnf("Lost the connection that consumes queue %s: %s", queue, signal.getMessage());
                }
                lost.countDown();
            }
        });
        LOG.infof("Consuming queue %s", queue);
    }

    private static Message<byte[]> message(Delivery delivery, byte[] body) {
        return Message.of(
                body,
                Metadata.of(delivery),
                () -> {
                    Delivery.acknowledge(List.of(delivery));
                    return CompletableFuture.completedFuture(null);
                },
                failure -> {
                    delivery.unsettled().giveBack(delivery.tag());
                    return CompletableFuture.completedFuture(null);
                });
    }

    private void pause(Duration pause) {
        try {
            if (open) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            open = false;
        }
    }
}
