package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.delivery.DeliveryConfig;
import dev.holdfast.delivery.database.RegularWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;

/** Shows how many dead letters wait for an operator, at most as many as may wait; replicas show the same number. */
@ApplicationScoped
class DeadLetterGauge {
    private final DeadLetterTable table;
    private final DeliveryConfig config;
    private final MeterRegistry metrics;
    private final RegularWork counting = new RegularWork("The count of dead letters");
    private final AtomicInteger waiting = new AtomicInteger();

    DeadLetterGauge(DeadLetterTable table, DeliveryConfig config, MeterRegistry metrics) {
        this.table = table;
        this.config = config;
        this.metrics = metrics;
    }

    /** A service consumes one direction, so its table holds the dead letters of that one. */
    void register(@Observes BatchConsumers.Started consumer) {
        Gauge.builder("holdfast.dead.letters.waiting", waiting, AtomicInteger::get)
                .tag("queue", consumer.queue())
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        counting.run(() -> waiting.set(table.countWaiting(config.deadLetters().maxWaiting())));
    }

    /** As counted the last time. */
    int waiting() {
        return waiting.get();
    }
}
