package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Consumes all queues of one direction, by one channel, for as long as it is open: whatever ends a connection, the next one
 * follows. It takes as much from the broker as its subscriber asks for.
 */
final class QueueSubscription implements Flow.Subscription {
    private static final Logger LOG = Logger.getLogger(QueueSubscription.class);

    /** About ten thousand events. Messages of other kinds are cut to some hundred kilobytes each before they come here. */
    private static final int IN_HAND_BYTES_MAX = 16 * 1024 * 1024;

    private final String queue;
    private final Broker broker;
    private final DeliveryConfig config;
    private final DeadLetters deadLetters;
    private final MeterRegistry metrics;
    private final Flow.Subscriber<? super Message<?>> subscriber;
    private final Demand demand = new Demand(IN_HAND_BYTES_MAX);

    private volatile boolean open = true;
    private volatile boolean consuming;
    private volatile CountDownLatch connectionLost = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /** @param queue the first of its direction, by whose name it is known */
    QueueSubscription(
            String queue,
            Broker broker,
            DeliveryConfig config,
            DeadLetters deadLetters,
            MeterRegistry metrics,
            Flow.Subscriber<? super Message<?>> subscriber) {
        this.queue = queue;
        this.broker = broker;
        this.config = config;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
        this.subscriber = subscriber;
    }

    void start() {
        subscriber.onSubscribe(this);
        thread = Worker.start("consume " + queue, this::run);
    }

    @Override
    public void request(long messages) {
        demand.add(messages);
    }

    @Override
    public void cancel() {
        open = false;
        connectionLost.countDown();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Whether its subscriber still wants messages. */
    boolean isOpen() {
        return open;
    }

    /** Whether the broker is there and delivers. */
    boolean isConsuming() {
        return consuming && connectionLost.getCount() > 0;
    }

    private void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), config.broker().maxReconnectDelay());
        while (open) {
            try {
                Channel channel = broker.openChannel(queue);
                Unsettled unsettled = new Unsettled(channel, demand);
                try {
                    EarlyDeliveries early = consume(channel, unsettled);
                    backoff.reset();
                    consuming = true;
                    early.handOver();
                    connectionLost.await();
                } finally {
                    consuming = false;
                    unsettled.sendAcknowledgements();
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

    /** @return what comes before it is handed over */
    private EarlyDeliveries consume(Channel channel, Unsettled unsettled) throws IOException {
        CountDownLatch lost = new CountDownLatch(1);
        connectionLost = lost;
        List<String> queues = Topology.queues(queue, config.broker().queues());
        // The broker counts for each queue.
        channel.basicQos(Math.ceilDiv(config.consumer().prefetch(), queues.size()));
        EarlyDeliveries early = new EarlyDeliveries();
        for (String each : queues) {
            consume(each, channel, unsettled, early, lost);
        }
        LOG.infof("Consuming %s", String.join(", ", queues));
        return early;
    }

    private void consume(
            String source, Channel channel, Unsettled unsettled, EarlyDeliveries early, CountDownLatch lost)
            throws IOException {
        Counter delivered = metrics.counter("holdfast.consumer.delivered", "queue", source);
        channel.basicConsume(source, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                delivered.increment();
                long deliveryTag = envelope.getDeliveryTag();
                early.handle(() -> deliver(new Delivery(properties), body, deliveryTag, unsettled));
            }

            @Override
            public void handleCancel(String tag) {
                LOG.warnf("The broker cancelled the consumer of queue %s", source);
                lost.countDown();
            }

            @Override
            public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
                if (open) {
                    LOG.warnf("Lost the connection that consumes queue %s: %s", source, signal.getMessage());
                }
                lost.countDown();
            }
        });
    }

    /** Blocks the connection's thread, and so the broker, while the subscriber asks for nothing. */
    private synchronized void deliver(Delivery delivery, byte[] body, long tag, Unsettled unsettled) {
        int bytes = body.length + delivery.carriedCharacters();
        try {
            demand.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        unsettled.add(tag, bytes);
        subscriber.onNext(Message.of(
                body,
                Metadata.of(delivery),
                () -> unsettled.acknowledge(tag),
                failure -> refuse(delivery, body, failure) ? unsettled.acknowledge(tag) : unsettled.giveBack(tag)));
    }

    /** Returns whether the broker has it as a dead letter now. */
    private boolean refuse(Delivery delivery, byte[] body, Throwable failure) {
        if (!(failure instanceof PoisonEventException)) {
            return false;
        }
        try {
            deadLetters.add(queue, delivery, body, String.valueOf(failure.getMessage()));
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warnf("A message that cannot be applied goes back to queue %s: %s", queue, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
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
