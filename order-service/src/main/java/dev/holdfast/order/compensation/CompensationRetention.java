package dev.holdfast.order.compensation;

import dev.holdfast.delivery.database.DatabaseException;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Removes compensations that are done for long. It walks the table by its key, a bounded part each time, so that it needs
 * no index that every compensation would pay for.
 */
@ApplicationScoped
class CompensationRetention {
    private static final Logger LOG = Logger.getLogger(CompensationRetention.class);

    private final Compensations compensations;
    private final CompensationConfig config;
    /** Used by one run at a time. */
    private volatile Compensations.Position reached = Compensations.Position.START;

    CompensationRetention(Compensations compensations, CompensationConfig config) {
        this.compensations = compensations;
        this.config = config;
    }

    @Scheduled(
            identity = "compensation-retention",
            every = "${holdfast.retention.every:10m}",
            delayed = "${holdfast.retention.every:10m}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void remove() {
        try {
            for (int batch = 0; batch < config.removalMaxBatches(); batch++) {
                var next = compensations.removeDone(reached, config.removalBatchSize(), config.keep());
                reached = next.orElse(Compensations.Position.START);
                if (next.isEmpty()) {
                    return;
                }
            }
        } catch (DatabaseException e) {
            LOG.warnf("Compensations that are done are removed later: %s", e.getMessage());
        }
    }
}
