package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.BatchConsumers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;

/** Shows how many dead letters wait for an operator, at most {@value COUNTED_MAX}; replicas show the same number. */
@ApplicationScoped
class DeadLetterGauge {
    static final int COUNTED_MAX = 1_000_000;

    private final DeadLetterTable table;
    private final MeterRegistry metrics;
    private final AtomicInteger waiting = new AtomicInteger();

    DeadLetterGauge(DeadLetterTable table, MeterRegistry metrics) {
        this.table = table;
        this.metrics = metrics;
    }

    /** A service consumes one queue, so its table holds the letters of that one. */
    void register(@Observes BatchConsumers.Started consumer) {
        Gauge.builder("holdfast.dead.letters.waiting", waiting, AtomicInteger::get)
                .tag("queue", consumer.queue())
                .register(metrics);
    }

    @Scheduled(every = "${holdfast.gauges-every:10s}", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        waiting.set(table.countWaiting(COUNTED_MAX));
    }

    /** As counted the last time. */
    int waiting() {
        return waiting.get();
    }
}
