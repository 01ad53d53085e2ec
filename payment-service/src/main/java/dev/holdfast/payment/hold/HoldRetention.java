package dev.holdfast.payment.hold;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.payment.PaymentConfig;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Removes old holds now and then, in bounded transactions. Replicas take turns. */
@ApplicationScoped
class HoldRetention {
    private static final Logger LOG = Logger.getLogger(HoldRetention.class);

    private final OldHolds oldHolds;
    private final HoldMetrics metrics;
    private final PaymentConfig.Removal config;

    HoldRetention(OldHolds oldHolds, HoldMetrics metrics, PaymentConfig config) {
        this.oldHolds = oldHolds;
        this.metrics = metrics;
        this.config = config.removal();
    }

    @Scheduled(
            every = "${holdfast.payments.removal.interval:10m}",
            delayed = "${holdfast.payments.removal.interval:10m}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void remove() {
        try {
            OldHolds.Batch batch;
            do {
                batch = oldHolds.removeCaptured(config.retention(), config.batchSize());
                metrics.countRemoved(batch.removed());
            } while (batch.full());
            do {
                batch = oldHolds.removeExpired(config.retention(), config.batchSize());
                metrics.countRemoved(batch.removed());
            } while (batch.full());
        } catch (DatabaseException e) {
            LOG.warnf("Old holds are left to the next removal: %s", e.getMessage());
        }
    }
}
