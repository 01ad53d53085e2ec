package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.event.Topology;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what is in the outbox, then marks it. It is woken by the commit that wrote a row; a poll finds what a crash
 * or another replica left behind. A batch is claimed for a time by a transaction that ends at once, so replicas relay side
 * by side, and none holds a lock while it talks to the broker: one that stops keeps its batch from the others until its
 * claim ends. A crash at any point only publishes again what the inbox then drops.
 */
@ApplicationScoped
class OutboxRelay {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);

    private final OutboxRows rows;
    private final Workers workers;
    private final ConfirmingPublisher publisher;
    private final DeliveryConfig config;
    private final WakeUp wakeUp = new WakeUp();
    private final BatchPause batchPause = new BatchPause();
    private final Counter published;
    private final Counter refused;
    private volatile boolean running;
    /** Published, and to be marked together with the next claim: under load the two are one commit. */
    private List<OutboxRows.Unsent> unmarked = List.of();

    OutboxRelay(DataSource dataSource, Broker broker, Workers workers, DeliveryConfig config, MeterRegistry metrics) {
        this.workers = workers;
        this.config = config;
        rows = new OutboxRows(dataSource, config.relay());
        publisher =
                new ConfirmingPublisher(broker, "outbox relay", config.relay().confirmTimeout());
        published = metrics.counter("holdfast.outbox.published");
        refused = metrics.counter("holdfast.outbox.refused");
    }

    void start(@Observes StartupEvent started) {
        running = true;
        workers.start("outbox-relay", this::runAndClose, this::stop);
    }

    /** Ends once the current batch is marked. */
    private void stop() {
        running = false;
        wakeUp.call();
    }

    void onAppended(@Observes(during = TransactionPhase.AFTER_SUCCESS) Outbox.Appended appended) {
        wakeUp.call();
    }

    private void runAndClose() {
        try {
            run();
            markSent();
        } catch (SQLException e) {
            LOG.warnf("Events that were published are published again, as they could not be marked: %s", e);
        } finally {
            publisher.close();
        }
    }

    private void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), config.broker().maxReconnectDelay());
        while (running) {
            try {
                publisher.connect();
                int size = relayBatch();
                // Whoever commits while a batch is relayed calls, so only behind a full one there may be more.
                if (size < config.relay().batchSize()) {
                    batchPause.await();
                    if (!wakeUp.await(Duration.ZERO)) {
                        markSent();
                        wakeUp.await(config.relay().pollInterval());
                    }
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
        List<OutboxRows.Unsent> batch = rows.markSentAndClaimDue(unmarked);
        unmarked = List.of();
        batchPause.lastBatch(batch.size(), config.relay().batchSize());
        if (!batch.isEmpty()) {
            settle(batch, publish(batch));
        }
        return batch.size();
    }

    private List<@Nullable String> publish(List<OutboxRows.Unsent> batch)
            throws SQLException, IOException, InterruptedException {
        try {
            return publisher.publish(batch.stream().map(OutboxRelay::message).toList());
        } catch (IOException | RuntimeException | InterruptedException e) {
            rows.release(batch);
            throw e;
        }
    }

    private void settle(List<OutboxRows.Unsent> batch, List<@Nullable String> outcomes) throws SQLException {
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
        unmarked = sent;
        published.increment(sent.size());
        if (!failed.isEmpty()) {
            rows.postpone(failed);
            refused.increment(failed.size());
            LOG.warnf(
                    "%d events stay in the outbox, the first because: %s",
                    failed.size(), failed.getFirst().reason());
        }
    }

    private void markSent() throws SQLException {
        rows.markSent(unmarked);
        unmarked = List.of();
    }

    private static ConfirmingPublisher.Outgoing message(OutboxRows.Unsent row) {
        BasicProperties properties = OutgoingProperties.event(row.eventId(), row.type(), row.traceparent());
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
