package dev.holdfast.payment.chain;

import dev.holdfast.delivery.database.DatabaseException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/** Has the old transfers numbered after the update to this version, beside those who pay. Replicas take turns. */
@ApplicationScoped
class NumberingWork {
    private static final Logger LOG = Logger.getLogger(NumberingWork.class);
    /** It works for a fifth of the time. */
    private static final int RESTS = 4;

    private final Numbering numbering;
    private volatile boolean stopping;
    private volatile boolean done;

    NumberingWork(Numbering numbering) {
        this.numbering = numbering;
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    @Scheduled(
            every = "5s",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void work() {
        if (done) {
            return;
        }
        try {
            Numbering.Batch batch;
            do {
                long startNanos = System.nanoTime();
                batch = numbering.next();
                LockSupport.parkNanos((System.nanoTime() - startNanos) * RESTS);
            } while (batch == Numbering.Batch.ON && !stopping);
            done = batch == Numbering.Batch.DONE;
        } catch (DatabaseException e) {
            LOG.debugf("Old transfers are numbered later: %s", e.getMessage());
        }
    }
}
