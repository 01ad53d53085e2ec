package dev.holdfast.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.concurrent.atomic.AtomicLong;

/** Shows how many events wait to be sent; a number that grows tells of a broker that is away or refuses them. */
@ApplicationScoped
class OutboxGauge {
    private final AtomicLong unsent;

    OutboxGauge(MeterRegistry metrics) {
        unsent = metrics.gauge("holdfast.outbox.unsent", new AtomicLong());
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    @Transactional
    void count() {
        unsent.set(OutboxEntry.countUnsent());
    }
}
