package dev.holdfast.delivery;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Applies the messages of one queue in batches: many share one transaction, and are acknowledged after its commit. A
 * batch that fails is halved until the messages at fault are alone. These, and those that the handler has left out because a
 * row is locked, wait for their next attempt while others overtake them. Where another attempt cannot help they become dead
 * dead letters.
 */
public final class BatchConsumer {
    private static final Logger LOG = Logger.getLogger(BatchConsumer.class);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final String queue;
    private final PaymentEventHandler handler;
    private final DeadLetters deadLetters;
    private final DeliveryConfig.Consumer config;
    private final DistributionSummary batchSizes;
    /** Bounded by what the subscription takes from the broker before it is settled. */
    private final LinkedBlockingQueue<Message<byte[]>> received = new LinkedBlockingQueue<>();

    private final Retries retries = new Retries();
    private final BatchPause batchPause = new BatchPause();
    private volatile boolean running;

    BatchConsumer(
            String queue,
            PaymentEventHandler handler,
            DeadLetters deadLetters,
            DeliveryConfig.Consumer config,
            MeterRegistry metrics) {
        this.queue = queue;
        this.handler = handler;
        this.deadLetters = deadLetters;
        this.config = config;
        batchSizes = metrics.summary("holdfast.consumer.batch.size", "queue", queue);
    }

    /** Takes a message over; it is acknowledged once it is applied or a dead letter. Returns at once. */
    public CompletionStage<Void> receive(Message<byte[]> message) {
        received.add(message);
        return CompletableFuture.completedFuture(null);
    }

    void start(Workers workers) {
        running = true;
        workers.start("apply " + queue, this::run, this::stop);
    }

    /** Ends after the current batch; what was not applied is delivered again when the connection closes. */
    private void stop() {
        running = false;
    }

    private void run() {
        while (running) {
            try {
                retries.due().ifPresent(this::apply);
                List<Received> batch = nextBatch();
                if (!batch.isEmpty()) {
                    batchSizes.record(batch.size());
                    apply(batch);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.errorf(e, "The consumer of queue %s goes on after an unexpected failure", queue);
            }
        }
    }

    private List<Received> nextBatch() throws InterruptedException {
        batchPause.await();
        List<Received> batch = new ArrayList<>();
        Message<byte[]> first = received.poll(retries.untilNext(IDLE).toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
            List<Message<byte[]>> messages = new ArrayList<>();
            messages.add(first);
            received.drainTo(messages, config.batchSize() - 1);
            for (Message<byte[]> message : messages) {
                // Each dead letter waits for its confirm. What is left out is delivered again when the connection
                // closes.
                if (!running) {
                    break;
                }
                parse(message, batch);
            }
        }
        batchPause.lastBatch(batch.size(), config.batchSize());
        return batch;
    }

    private void parse(Message<byte[]> message, List<Received> batch) {
        Delivery delivery = message.getMetadata(Delivery.class).orElseThrow();
        Long bodyBytes = OutgoingProperties.bodyBytes(delivery.properties());
        if (bodyBytes != null) {
            addDeadLetter(message, "its body of " + bodyBytes + " bytes is longer than an event's can be");
            return;
        }
        try {
            PaymentEvent event = PaymentEventJson.read(message.getPayload());
            batch.add(new Received(message, delivery, event, new Backoff(config.retryDelay(), config.maxRetryDelay())));
        } catch (MalformedEventException | RuntimeException e) {
            addDeadLetter(message, String.valueOf(e.getMessage()));
        }
    }

    private void apply(List<Received> batch) {
        Map<UUID, String> traces = new HashMap<>();
        for (Received each : batch) {
            String traceparent = each.delivery().header(TraceContext.HEADER);
            if (traceparent != null && TraceContext.isValid(traceparent)) {
                traces.put(each.event().orderId(), traceparent);
            }
        }
        Set<UUID> leftOut;
        try {
            leftOut = TraceContext.call(
                    traces::get,
                    () -> handler.on(batch.stream().map(Received::event).toList()));
        } catch (RuntimeException failure) {
            onFailure(batch, failure);
            return;
        }
        Delivery.acknowledge(batch.stream()
                .filter(each -> !leftOut.contains(each.event().eventId()))
                .map(Received::delivery)
                .toList());
        // Messages with the same pause are tried again together; the handler leaves out what is still locked then.
        batch.stream()
                .filter(each -> leftOut.contains(each.event().eventId()))
                .collect(Collectors.groupingBy(Received::nextPauseForALock))
                .forEach((pause, messages) -> retries.later(messages, pause));
    }

    private void onFailure(List<Received> batch, RuntimeException failure) {
        boolean contended = PassingFailure.isContention(failure);
        if (PassingFailure.is(failure) && !(contended && batch.size() > 1)) {
            // Nothing is wrong with the messages: the database is away, or a row stays locked.
            Duration pause = retries.later(batch);
            LOG.warnf(
                    "%d messages of queue %s are tried again in %d ms: %s",
                    batch.size(), queue, pause.toMillis(), failure);
        } else if (batch.size() > 1) {
            int half = batch.size() / 2;
            apply(batch.subList(0, half));
            apply(batch.subList(half, batch.size()));
        } else {
            onFailureAlone(batch, failure);
        }
    }

    private void onFailureAlone(List<Received> alone, RuntimeException failure) {
        Received only = alone.getFirst();
        if (failure instanceof PoisonEventException) {
            addDeadLetter(only.message(), String.valueOf(failure.getMessage()));
        } else if (only.countFailure() >= config.maxAttempts()) {
            addDeadLetter(only.message(), "failed " + config.maxAttempts() + " times, last with " + failure);
        } else {
            Duration pause = retries.later(alone);
            LOG.warnf(failure, "Event %s is tried again in %d ms", only.event().eventId(), pause.toMillis());
        }
    }

    private void addDeadLetter(Message<byte[]> message, String reason) {
        try {
            deadLetters.add(queue, message.getMetadata(Delivery.class).orElseThrow(), message.getPayload(), reason);
            message.ack();
        } catch (IOException | RuntimeException e) {
            LOG.warnf("A message that cannot be applied goes back to queue %s: %s", queue, e.getMessage());
            message.nack(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
