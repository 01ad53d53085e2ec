package dev.holdfast.delivery.deadletter;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.holdfast.delivery.Backoff;
import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.delivery.Broker;
import dev.holdfast.delivery.DeadLetters;
import dev.holdfast.delivery.DeliveryConfig;
import dev.holdfast.delivery.PassingFailure;
import dev.holdfast.delivery.WakeUp;
import dev.holdfast.delivery.Worker;
import dev.holdfast.event.Topology;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moves what arrives in the dead-letter queue of each consumed queue into the database. A letter is acknowledged once it
 * is stored: a crash in between delivers it again, which changes nothing. It is asked for one by one, and kept in hand
 * while the database is away, because RabbitMQ 4 drops what it has delivered too often.
 */
@ApplicationScoped
class DeadLetterMover {
    private static final Logger LOG = Logger.getLogger(DeadLetterMover.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int BATCH_MAX = 100;

    private final Broker broker;
    private final DataSource dataSource;
    private final DeadLetterGauge gauge;
    private final DeliveryConfig config;
    private final WakeUp wakeUp = new WakeUp();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean running = true;

    DeadLetterMover(Broker broker, DataSource dataSource, DeadLetterGauge gauge, DeliveryConfig config) {
        this.broker = broker;
        this.dataSource = dataSource;
        this.gauge = gauge;
        this.config = config;
    }

    void start(@Observes BatchConsumers.Started consumer) {
        String queue = consumer.queue();
        threads.add(Worker.start("dead letters of " + queue, () -> run(queue)));
    }

    void onAdded(@Observes DeadLetters.Added letter) {
        wakeUp.call();
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent stopping)
            throws InterruptedException {
        running = false;
        wakeUp.call();
        for (Thread thread : threads) {
            thread.join(STOP_TIMEOUT);
        }
    }

    private void run(String queue) {
        Backoff backoff = backoff();
        Channel channel = null;
        try {
            while (running) {
                try {
                    if (channel == null || !channel.isOpen()) {
                        channel = broker.openChannel("dead letters of " + queue);
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

    /** Returns how many letters it took. */
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

    /** Returns false where it stays unacknowledged, and so on the broker, without holding up the others. */
    private boolean stored(String queue, GetResponse message, Channel channel) throws InterruptedException {
        int payloadBytesMax = Math.toIntExact(config.deadLetters().maxPayload().asLongValue());
        ArrivedLetter letter = ArrivedLetter.of(queue, message, payloadBytesMax);
        Backoff backoff = backoff();
        while (running && channel.isOpen()) {
            try (Connection connection = dataSource.getConnection()) {
                DeadLetterTable.add(connection, letter);
                return true;
            } catch (SQLException e) {
                if (!PassingFailure.is(e)) {
                    LOG.errorf(e, "Dead letter %s of queue %s cannot be stored", letter.messageId(), queue);
                    return false;
                }
                Duration pause = backoff.next();
                LOG.warnf("A dead letter of queue %s is stored in %d ms: %s", queue, pause.toMillis(), e);
                wakeUp.await(pause);
            }
        }
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
