package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what is in the outbox, then marks it. It is woken by the commit that wrote a row; a poll finds what a crash
 * or another replica left behind. The rows of a batch stay locked until they are marked, so replicas relay side by side
 * ({@code FOR UPDATE SKIP LOCKED}), and a crash at any point only publishes again what the inbox then drops.
 */
@ApplicationScoped
class OutboxRelay {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int PERSISTENT = 2;

    private final OutboxRows rows;
    private final DataSource dataSource;
    private final ConfirmingPublisher publisher;
    private final DeliveryConfig config;
    private final WakeUp wakeUp = new WakeUp();
    private final Linger linger = new Linger();
    private final Counter published;
    private final Counter refused;
    private volatile boolean running;
    private @Nullable Thread thread;

    OutboxRelay(DataSource dataSource, Broker broker, DeliveryConfig config, MeterRegistry metrics) {
        this.dataSource = dataSource;
        this.config = config;
        rows = new OutboxRows(config.relay());
        publisher =
                new ConfirmingPublisher(broker, "outbox relay", config.relay().confirmTimeout());
        published = metrics.counter("holdfast.outbox.published");
        refused = metrics.counter("holdfast.outbox.refused");
    }

    void start(@Observes StartupEvent started) {
        running = true;
        thread = Worker.start("outbox-relay", this::run);
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent stopping)
            throws InterruptedException {
        running = false;
        wakeUp.call();
        if (thread != null) {
            thread.join(STOP_TIMEOUT);
        }
        publisher.close();
    }

    void onAppended(@Observes(during = TransactionPhase.AFTER_SUCCESS) Outbox.Appended appended) {
        wakeUp.call();
    }

    private void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), config.broker().maxReconnectDelay());
        while (running) {
            try {
                publisher.connect();
                int size = relayBatch();
                // Whoever commits while a batch is relayed calls, so only behind a full one there may be more.
                if (size < config.relay().batchSize()) {
                    linger.await();
                    wakeUp.await(config.relay().pollInterval());
                }
                backoff.reset();
            } catch (IOException | SQLException | RuntimeException e) {
                Duration pause = backoff.next();
                LOG.warnf("The outbox waits, next attempt in %d ms: %s", pause.toMillis(), e);
                sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Returns how many rows were due. */
    private int relayBatch() throws SQLException, IOException, InterruptedException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                List<OutboxRows.Unsent> batch = rows.lockDue(connection);
                linger.lastBatch(batch.size(), config.relay().batchSize());
                if (batch.isEmpty()) {
                    connection.commit();
                } else {
                    List<@Nullable String> outcomes = publisher.publish(
                            batch.stream().map(OutboxRelay::message).toList());
                    settle(connection, batch, outcomes);
                }
                return batch.size();
            } catch (SQLException | IOException | RuntimeException | InterruptedException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private void settle(Connection connection, List<OutboxRows.Unsent> batch, List<@Nullable String> outcomes)
            throws SQLException {
        List<OutboxRows.Unsent> sent = new ArrayList<>(batch.size());
        List<OutboxRows.Refused> failed = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            String failure = outcomes.get(i);
            if (failure == null) {
                sent.add(batch.get(i));
            } else {
                failed.add(new OutboxRows.Refused(batch.get(i), failure));
            }
        }
        if (!failed.isEmpty()) {
            rows.postpone(connection, failed);
            refused.increment(failed.size());
            LOG.warnf(
                    "%d events stay in the outbox, the first because: %s",
                    failed.size(), failed.getFirst().reason());
        }
        rows.markSentAndCommit(connection, sent);
        published.increment(sent.size());
    }

    private static ConfirmingPublisher.Outgoing message(OutboxRows.Unsent row) {
        BasicProperties properties = new BasicProperties.Builder()
                .messageId(row.eventId().toString())
                .type(row.type())
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .headers(row.traceparent() == null ? null : Map.of(TraceContext.HEADER, row.traceparent()))
                .build();
        return new ConfirmingPublisher.Outgoing(Topology.EXCHANGE, row.destination(), properties, row.payload());
    }

    private void sleep(Duration pause) {
        try {
            if (running) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
