package dev.holdfast.order.inquiry;

import dev.holdfast.delivery.database.DatabaseException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import org.jboss.logging.Logger;

/**
 * Finds orders that are NEW for too long, whatever was lost: the request, its answer, or the queue of either. A request
 * that comes twice is harmless, as payments captures an order once, and says so again.
 */
@ApplicationScoped
@Startup
class InquirySweeper {
    private static final Logger LOG = Logger.getLogger(InquirySweeper.class);

    private final Inquiries inquiries;
    private final InquiryConfig config;
    private final Counter asked;

    InquirySweeper(Inquiries inquiries, InquiryConfig config, MeterRegistry metrics) {
        this.inquiries = inquiries;
        this.config = config;
        this.asked = Counter.builder("holdfast.orders.asked.again")
                .description("Requests for payment that were sent again, for orders that were NEW for too long")
                .register(metrics);
    }

    @Scheduled(
            identity = "inquiry-sweep",
            every = "${holdfast.inquiry.interval:30s}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void sweep() {
        int all = 0;
        try {
            int batch;
            int batches = 0;
            do {
                batch = inquiries.askAboutOldest();
                asked.increment(batch);
                all += batch;
                batches++;
            } while (batch == config.batchSize() && batches < config.maxBatches());
            inquiries.forgetEnded();
        } catch (DatabaseException | PersistenceException e) {
            LOG.warnf("Waiting orders are left to the next sweep: %s", e.getMessage());
        }
        if (all > 0) {
            LOG.warnf("%d orders were NEW for longer than %s: payments was asked again", all, config.after());
        }
    }
}
