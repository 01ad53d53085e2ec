package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.payment.PaymentConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Removes old holds now and then, in bounded transactions. Replicas take turns. */
@ApplicationScoped
class HoldRetention {
    private static final Logger LOG = Logger.getLogger(HoldRetention.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final OldHolds oldHolds;
    private final HoldMetrics metrics;
    private final PaymentConfig.Removal config;
    private volatile boolean stopping;

    HoldRetention(OldHolds oldHolds, HoldMetrics metrics, PaymentConfig config) {
        this.oldHolds = oldHolds;
        this.metrics = metrics;
        this.config = config.removal();
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    @Scheduled(
            every = "${holdfast.payments.removal.interval:10m}",
            delayed = "${holdfast.payments.removal.interval:10m}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void remove() {
        try {
            removeAll(() -> oldHolds.removeCaptured(config.retention(), config.batchSize()));
            removeAll(() -> oldHolds.removeExpired(config.retention(), config.batchSize()));
        } catch (DatabaseException e) {
            LOG.warnf("Old holds are left to the next removal: %s", e.getMessage());
        }
    }

    private void removeAll(Supplier<OldHolds.Batch> next) {
        OldHolds.Batch batch = next.get();
        metrics.countRemoved(batch.removed());
        while (batch.full() && !stopping) {
            // The first removal of a shop that is years old competes with its payments otherwise.
            LockSupport.parkNanos(PAUSE.toNanos());
            batch = next.get();
            metrics.countRemoved(batch.removed());
        }
    }
}
