package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.event.Topology;
import dev.holdfast.tracing.BatchSpans;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final Database database;
    private final Workers workers;
    private final ConfirmingPublisher publisher;
    private final String sender;
    private final MessageSpans spans;
    private final DeliveryConfig config;
    private final WakeUp wakeUp = new WakeUp();
    private final BatchPause batchPause = new BatchPause();
    private final Counter published;
    private final Counter refused;
    private volatile boolean running;
    /** Published, and to be marked together with the next claim: under load the two are one commit. */
    private List<OutboxEntry> unmarked = List.of();

    OutboxRelay(
            Database database,
            Broker broker,
            Workers workers,
            MessageSpans spans,
            DeliveryConfig config,
            MeterRegistry metrics) {
        this.database = database;
        this.spans = spans;
        this.workers = workers;
        this.config = config;
        publisher =
                new ConfirmingPublisher(broker, "outbox relay", config.relay().confirmTimeout());
        sender = broker.user();
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
        } catch (DatabaseException e) {
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
            } catch (IOException | RuntimeException e) {
                Duration pause = backoff.next();
                LOG.warnf("The outbox waits, next attempt in %d ms: %s", pause.toMillis(), e);
                sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Returns how many rows were due. */
    private int relayBatch() throws IOException, InterruptedException {
        List<OutboxEntry> batch = OutboxEntry.markSentAndClaimDue(
                database, unmarked, config.relay().lease(), config.relay().batchSize());
        unmarked = List.of();
        batchPause.lastBatch(batch.size(), config.relay().batchSize());
        if (!batch.isEmpty()) {
            settle(batch, publish(batch));
        }
        return batch.size();
    }

    private List<@Nullable String> publish(List<OutboxEntry> batch) throws IOException, InterruptedException {
        try (BatchSpans published = spans.publish(batch)) {
            List<ConfirmingPublisher.Outgoing> messages = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                messages.add(message(batch.get(i), published.traceparent(i)));
            }
            try {
                List<@Nullable String> outcomes = publisher.publish(messages);
                published.failed(outcomes);
                return outcomes;
            } catch (IOException | RuntimeException | InterruptedException e) {
                published.failed(e);
                QuarkusTransaction.requiringNew().run(() -> OutboxEntry.release(batch));
                throw e;
            }
        }
    }

    private void settle(List<OutboxEntry> batch, List<@Nullable String> outcomes) {
        List<OutboxEntry> sent = new ArrayList<>(batch.size());
        Map<String, List<OutboxEntry>> failed = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            String failure = outcomes.get(i);
            if (failure == null) {
                sent.add(batch.get(i));
            } else {
                failed.computeIfAbsent(failure, any -> new ArrayList<>()).add(batch.get(i));
            }
        }
        unmarked = sent;
        published.increment(sent.size());
        if (!failed.isEmpty()) {
            postpone(failed);
        }
    }

    private void postpone(Map<String, List<OutboxEntry>> failedByReason) {
        QuarkusTransaction.requiringNew()
                .run(() -> failedByReason.forEach((reason, failed) ->
                        OutboxEntry.postpone(failed, reason, config.relay().maxBackOff())));
        failedByReason.forEach((reason, failed) -> {
            refused.increment(failed.size());
            LOG.warnf("%d events stay in the outbox: %s", failed.size(), reason);
        });
    }

    private void markSent() {
        OutboxEntry.markSent(database, unmarked);
        unmarked = List.of();
    }

    private ConfirmingPublisher.Outgoing message(OutboxEntry entry, @Nullable String traceparent) {
        BasicProperties properties =
                OutgoingProperties.event(sender, entry.eventId, entry.subject, entry.type, traceparent);
        return new ConfirmingPublisher.Outgoing(
                Topology.exchange(entry.destination), entry.destination, properties, entry.payload);
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
