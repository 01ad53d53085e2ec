package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.payment.PaymentConfig;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Frees expired holds every few seconds. Replicas sweep side by side: each skips the accounts that another has locked, and
 * only what is left after that is waited for.
 */
@ApplicationScoped
class Sweeper {
    private static final Logger LOG = Logger.getLogger(Sweeper.class);

    private final ExpiredHolds expiredHolds;
    private final HoldMetrics metrics;
    private final PaymentConfig.Sweep config;

    Sweeper(ExpiredHolds expiredHolds, HoldMetrics metrics, PaymentConfig config) {
        this.expiredHolds = expiredHolds;
        this.metrics = metrics;
        this.config = config.sweep();
    }

    @Scheduled(
            every = "${holdfast.payments.sweep.interval:2s}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void sweep() {
        try {
            boolean wait = false;
            boolean goOn = true;
            Set<UUID> unsound = new HashSet<>();
            while (goOn) {
                ExpiredHolds.Batch batch = expiredHolds.freeOldest(config.batchSize(), wait, unsound);
                metrics.countSwept(batch.freed());
                unsound.addAll(batch.unsound());
                // Busy accounts are waited for once: they must not keep their holds for ever.
                goOn = batch.busy() > 0 ? !wait : batch.full();
                wait = batch.busy() > 0;
            }
        } catch (DatabaseException | PersistenceException e) {
            LOG.warnf("Expired holds are left to the next sweep: %s", e.getMessage());
        }
    }
}
