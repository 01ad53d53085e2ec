package dev.holdfast.delivery.deadletter;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.holdfast.delivery.Backoff;
import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.delivery.Broker;
import dev.holdfast.delivery.DeadLetters;
import dev.holdfast.delivery.DeliveryConfig;
import dev.holdfast.delivery.Senders;
import dev.holdfast.delivery.WakeUp;
import dev.holdfast.delivery.Workers;
import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moves what arrives in the dead-letter queue of each consumed queue into the database. A dead letter is acknowledged once it
 * is stored: a crash in between delivers it again, which changes nothing. It is asked for one by one, and kept in hand
 * while the database is away, because RabbitMQ 4 drops what it has delivered too often.
 */
@ApplicationScoped
class DeadLetterMover {
    private static final Logger LOG = Logger.getLogger(DeadLetterMover.class);
    private static final int BATCH_MAX = 100;

    private final Broker broker;
    private final Senders senders;
    private final DeadLetterTable table;
    private final DeadLetterGauge gauge;
    private final DeliveryConfig config;
    private final Workers workers;
    private final MeterRegistry metrics;
    private final WakeUp wakeUp = new WakeUp();
    /** Counted for the current channel: the next one gets them again, in case they can be stored then. */
    private final AtomicInteger stuck = new AtomicInteger();

    private volatile boolean running = true;

    DeadLetterMover(
            Broker broker,
            Senders senders,
            DeadLetterTable table,
            DeadLetterGauge gauge,
            DeliveryConfig config,
            Workers workers,
            MeterRegistry metrics) {
        this.broker = broker;
        this.senders = senders;
        this.table = table;
        this.gauge = gauge;
        this.config = config;
        this.workers = workers;
        this.metrics = metrics;
    }

    void start(@Observes BatchConsumers.Started consumer) {
        String queue = consumer.queue();
        workers.start("dead letters of " + queue, () -> run(queue), this::stop);
        // There from the start, so that the first one is an increase.
        metrics.counter("holdfast.dead.letters", "queue", queue);
        Gauge.builder("holdfast.dead.letters.stuck", stuck, AtomicInteger::get)
                .description("Dead letters that this process cannot store, and leaves on the broker")
                .tag("queue", queue)
                .register(metrics);
    }

    void onAdded(@Observes DeadLetters.Added deadLetter) {
        wakeUp.call();
    }

    private void stop() {
        running = false;
        wakeUp.call();
    }

    private void run(String queue) {
        Backoff backoff = backoff();
        Channel channel = null;
        try {
            while (running) {
                try {
                    if (channel == null || !channel.isOpen()) {
                        channel = broker.openChannel("dead letters of " + queue);
                        stuck.set(0);
                    }
                    if (moveBatch(channel, queue) == 0) {
                        wakeUp.await(config.deadLetters().pollInterval());
                    }
                    backoff.reset();
                } catch (IOException | RuntimeException e) {
                    Duration pause = backoff.next();
                    LOG.warnf("The dead letters of queue %s wait there for %d ms: %s", queue, pause.toMillis(), e);
                    channel = close(channel);
                    wakeUp.await(pause);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            close(channel);
        }
    }

    /** Returns how many dead letters it took. */
    private int moveBatch(Channel channel, String queue) throws IOException, InterruptedException {
        String deadLetterQueue = Topology.deadLetterQueue(queue);
        // Unlike taking a message from an empty quorum queue, asking for its length writes nothing on the broker's
        // disk.
        if (channel.messageCount(deadLetterQueue) == 0
                || gauge.waiting() >= config.deadLetters().maxWaiting()) {
            return 0;
        }
        int taken = 0;
        GetResponse message = channel.basicGet(deadLetterQueue, false);
        while (message != null) {
            if (stored(queue, message, channel)) {
                channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
            }
            taken++;
            message = running && taken < BATCH_MAX ? channel.basicGet(deadLetterQueue, false) : null;
        }
        return taken;
    }

    /** Returns false if it stays unacknowledged, and so on the broker; it does not hold up the others. */
    private boolean stored(String queue, GetResponse message, Channel channel) throws InterruptedException {
        ArrivedDeadLetter deadLetter;
        try {
            int payloadBytesMax =
                    Math.toIntExact(config.deadLetters().maxPayload().asLongValue());
            deadLetter = ArrivedDeadLetter.of(queue, message, payloadBytesMax, senders);
        } catch (RuntimeException e) {
            return stuck(queue, e);
        }
        Backoff backoff = backoff();
        while (running && channel.isOpen()) {
            try {
                table.add(deadLetter);
                return true;
            } catch (DatabaseException e) {
                if (!PassingFailure.is(e)) {
                    return stuck(queue, e);
                }
                Duration pause = backoff.next();
                LOG.warnf("A dead letter of queue %s is stored in %d ms: %s", queue, pause.toMillis(), e);
                wakeUp.await(pause);
            }
        }
        return false;
    }

    private boolean stuck(String queue, Exception cause) {
        stuck.incrementAndGet();
        LOG.errorf(cause, "A dead letter of queue %s cannot be stored, and stays on the broker", queue);
        return false;
    }

    private Backoff backoff() {
        return new Backoff(Duration.ofMillis(100), config.broker().maxReconnectDelay());
    }

    private static @Nullable Channel close(@Nullable Channel channel) {
        if (channel != null) {
            Broker.abort(channel);
        }
        return null;
    }
}
