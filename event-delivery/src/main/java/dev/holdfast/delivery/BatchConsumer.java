package dev.holdfast.delivery;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.event.IntegrationEvent;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.BatchSpans;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The subscriber of a channel that applies its messages in batches: many share one transaction, and are acknowledged after its
 * commit. A batch that fails is halved until the messages at fault are alone. These, and those that the handler has left out
 * because a row is locked, wait for their next attempt while others overtake them. Where another attempt cannot help they are
 * refused, and become dead letters.
 */
public final class BatchConsumer<E extends IntegrationEvent> implements Flow.Subscriber<Message<byte[]>> {
    private static final Logger LOG = Logger.getLogger(BatchConsumer.class);
    static final String UNREADABLE = "cannot be read, the log says why";
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final String queue;
    private final EventHandler<E> handler;
    private final Senders senders;
    private final MessageSpans spans;
    private final DeliveryConfig.Consumer config;
    private final DistributionSummary batchSizes;
    private final Counter ofWrongSender;
    /** Bounded by what this consumer asks of the channel: as many as it has settled. */
    private final LinkedBlockingQueue<Message<byte[]>> received = new LinkedBlockingQueue<>();

    private final Retries<E> retries = new Retries<>();
    private final BatchPause batchPause = new BatchPause();
    private volatile boolean running;
    private volatile Flow.@Nullable Subscription channel;

    BatchConsumer(
            String queue,
            EventHandler<E> handler,
            Senders senders,
            MessageSpans spans,
            DeliveryConfig.Consumer config,
            MeterRegistry metrics) {
        this.queue = queue;
        this.senders = senders;
        this.spans = spans;
        this.handler = handler;
        this.config = config;
        batchSizes = metrics.summary("holdfast.consumer.batch.size", "queue", queue);
        ofWrongSender = Counter.builder("holdfast.consumer.wrong.sender")
                .description("Messages that somebody else than the other service has sent, or nobody known")
                .tag("queue", queue)
                .register(metrics);
    }

    /** Twice what the broker delivers at a time: some may be of a connection that has gone. */
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        channel = subscription;
        subscription.request(2L * config.prefetch());
    }

    @Override
    public void onNext(Message<byte[]> message) {
        received.add(message);
    }

    @Override
    public void onError(Throwable failure) {
        LOG.errorf(failure, "The channel of queue %s has failed", queue);
    }

    @Override
    public void onComplete() {
        LOG.infof("The channel of queue %s has ended", queue);
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
                List<Received<E>> batch = nextBatch();
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

    private List<Received<E>> nextBatch() throws InterruptedException {
        batchPause.await();
        List<Received<E>> batch = new ArrayList<>();
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

    private void parse(Message<byte[]> message, List<Received<E>> batch) {
        Delivery delivery = Delivery.of(message);
        String sender = delivery.properties().getUserId();
        if (!senders.accepts(sender)) {
            ofWrongSender.increment();
            refuse(message, senders.refusal(sender));
            return;
        }
        Long bodyBytes = OutgoingProperties.bodyBytes(delivery.properties());
        if (bodyBytes != null) {
            refuse(message, "its body of " + bodyBytes + " bytes is longer than an event's can be");
            return;
        }
        try {
            E event = handler.read(message.getPayload());
            batch.add(new Received<>(message, event, new Backoff(config.retryDelay(), config.maxRetryDelay())));
        } catch (MalformedEventException e) {
            refuse(message, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            TraceContext.with(
                    delivery.traceparent(), () -> LOG.errorf(e, "A message of queue %s cannot be read", queue));
            refuse(message, UNREADABLE);
        }
    }

    private void apply(List<Received<E>> batch) {
        Set<UUID> leftOut;
        try {
            leftOut = handle(batch);
        } catch (RuntimeException failure) {
            onFailure(batch, failure);
            return;
        }
        settle(batch, leftOut);
    }

    private Set<UUID> handle(List<Received<E>> batch) {
        try (BatchSpans processed = spans.process(queue, batch)) {
            Map<UUID, @Nullable String> traces = HashMap.newHashMap(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                traces.put(batch.get(i).event().subject(), processed.traceparent(i));
            }
            try {
                return TraceContext.call(
                        traces::get,
                        processed.shared(),
                        () -> handler.on(batch.stream().map(Received::event).toList()));
            } catch (RuntimeException failure) {
                processed.failed(failure);
                throw failure;
            }
        }
    }

    private void settle(List<Received<E>> batch, Set<UUID> leftOut) {
        Map<Duration, List<Received<E>>> locked = new HashMap<>();
        int applied = 0;
        for (Received<E> each : batch) {
            if (leftOut.contains(each.event().eventId())) {
                locked.computeIfAbsent(each.nextPauseForALock(), any -> new ArrayList<>())
                        .add(each);
            } else {
                each.message().ack();
                applied++;
            }
        }
        askForMore(applied);
        // Messages with the same pause are tried again together; the handler leaves out what is still locked then.
        locked.forEach((pause, messages) -> retries.later(messages, pause));
    }

    private void onFailure(List<Received<E>> batch, RuntimeException failure) {
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
            TraceContext.with(batch.getFirst().traceparent(), () -> onFailureAlone(batch, failure));
        }
    }

    private void onFailureAlone(List<Received<E>> alone, RuntimeException failure) {
        Received<E> only = alone.getFirst();
        E event = only.event();
        LogField order = LogField.order(event.subject());
        if (failure instanceof PoisonEventException) {
            refuse(only.message(), String.valueOf(failure.getMessage()));
        } else if (only.countFailure() >= config.maxAttempts()) {
            LOG.errorf(failure, "Event %s of order %s failed for the last time", event.eventId(), order);
            // What it failed with may name classes and tables: that is for the log.
            refuse(only.message(), "failed " + config.maxAttempts() + " times, the log says with what");
        } else {
            Duration pause = retries.later(alone);
            LOG.warnf(
                    failure, "Event %s of order %s is tried again in %d ms", event.eventId(), order, pause.toMillis());
        }
    }

    private void refuse(Message<byte[]> message, String reason) {
        TraceContext.with(Delivery.of(message).traceparent(), () -> message.nack(new PoisonEventException(reason)));
        askForMore(1);
    }

    private void askForMore(long settled) {
        Flow.Subscription subscription = channel;
        if (subscription != null && settled > 0) {
            subscription.request(settled);
        }
    }
}
