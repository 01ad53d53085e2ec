package dev.holdfast.order.refund;

import dev.holdfast.delivery.Workers;
import dev.holdfast.logging.LogField;
import dev.holdfast.order.compensation.CompensationConfig;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.refund.PendingRefunds.Claimed;
import dev.holdfast.order.retry.RetryLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks payments for the refunds that it has not confirmed yet, until it does; by the same limits and pauses as compensations. */
@ApplicationScoped
public class RefundWorker {
    private static final Logger LOG = Logger.getLogger(RefundWorker.class);

    /** How an attempt ended; without an error it is done. */
    private record Attempt(Claimed claimed, @Nullable String error) {}

    private final PendingRefunds refunds;
    private final Payments payments;
    private final Workers workers;
    private final CompensationConfig config;
    private final RetryLoop loop;
    private volatile PendingRefunds.Backlog backlog = PendingRefunds.Backlog.NONE;

    RefundWorker(
            PendingRefunds refunds,
            Payments payments,
            Workers workers,
            CompensationConfig config,
            MeterRegistry metrics) {
        this.refunds = refunds;
        this.payments = payments;
        this.workers = workers;
        this.config = config;
        this.loop = new RetryLoop("refund", config.pollInterval(), this::workOff, () -> backlog = refunds.backlog());
        Gauge.builder("holdfast.refunds.pending", () -> backlog.pending())
                .description(
                        "Refunds that were asked for and that payments has not confirmed, as counted at the last poll")
                .register(metrics);
        Gauge.builder("holdfast.refunds.oldest.pending", () -> backlog.oldestSeconds())
                .description("For how long the oldest of them waits")
                .baseUnit("seconds")
                .register(metrics);
    }

    /**
     * Makes all refunds of these orders due once more, in the caller's transaction, also those that payments had done already and
     * has forgotten since. To be followed by {@link #wake}.
     */
    @Transactional(TxType.MANDATORY)
    public void again(Collection<UUID> orderIds) {
        refunds.again(orderIds);
    }

    /** To be called after the commit of a transaction that made refunds due. */
    public void wake() {
        loop.wake();
    }

    void start(@Observes StartupEvent started) {
        loop.start(workers);
    }

    /** Works off one batch; true when there may be more. */
    private boolean workOff() throws InterruptedException {
        List<Claimed> claimed = refunds.claim(config.batchSize(), config.lease());
        List<UUID> done = new ArrayList<>();
        for (Attempt attempt : RetryLoop.callForEach(claimed, this::book)) {
            if (attempt.error == null) {
                done.add(attempt.claimed.refund().id());
            } else {
                putOff(attempt.claimed, attempt.error);
            }
        }
        refunds.done(done);
        return claimed.size() == config.batchSize();
    }

    private Attempt book(Claimed claimed) {
        OrderRefund refund = claimed.refund();
        try {
            payments.refundPart(refund.id(), refund.userId(), refund.orderId(), refund.amount(), null)
                    .await()
                    .indefinitely();
            return new Attempt(claimed, null);
        } catch (RuntimeException e) {
            return new Attempt(claimed, String.valueOf(e.getMessage()));
        }
    }

    private void putOff(Claimed claimed, String error) {
        OrderRefund refund = claimed.refund();
        Duration pause = RetryLoop.pauseAfter(claimed.attempt(), config.retryDelay(), config.maxRetryDelay());
        LOG.warnf(
                "Refund %s of order %s of user %s is tried again in %d ms, after attempt %d: %s",
                refund.id(),
                LogField.order(refund.orderId()),
                LogField.user(refund.userId()),
                pause.toMillis(),
                claimed.attempt(),
                error);
        refunds.putOff(refund, error, pause);
    }
}
