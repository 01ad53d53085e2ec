package dev.holdfast.order.compensation;

import dev.holdfast.delivery.Workers;
import dev.holdfast.logging.LogField;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.retry.RetryLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives money back until payments has done it. One thread claims what is due and calls payments for a batch at once;
 * several replicas do so side by side. Woken by the commit that makes something due, and by itself for what is left.
 */
@ApplicationScoped
public class CompensationWorker {
    private static final Logger LOG = Logger.getLogger(CompensationWorker.class);

    private final Compensations compensations;
    private final Payments payments;
    private final Workers workers;
    private final CompensationConfig config;
    private final RetryLoop loop;
    private volatile Compensations.Backlog backlog = Compensations.Backlog.NONE;

    CompensationWorker(
            Compensations compensations,
            Payments payments,
            Workers workers,
            CompensationConfig config,
            MeterRegistry metrics) {
        this.workers = workers;
        this.compensations = compensations;
        this.payments = payments;
        this.config = config;
        this.loop = new RetryLoop(
                "compensate", config.pollInterval(), this::workOff, () -> backlog = compensations.backlog());
        Gauge.builder("holdfast.compensations.pending", () -> backlog.pending())
                .description("Holds to release and charges to refund, as counted at the last poll")
                .register(metrics);
        Gauge.builder("holdfast.compensations.oldest.pending", () -> backlog.oldestSeconds())
                .description("For how long the oldest of them waits for payments to confirm it")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** To be called after the commit of a transaction that recorded compensations. */
    public void wake() {
        loop.wake();
    }

    void start(@Observes StartupEvent started) {
        loop.start(workers);
    }

    /** Works off one batch; true when there may be more. */
    private boolean workOff() throws InterruptedException {
        List<Claimed> claimed = compensations.claim(config.batchSize(), config.lease());
        Map<Compensation.Kind, List<UUID>> done = new EnumMap<>(Compensation.Kind.class);
        for (Attempt attempt : RetryLoop.callForEach(claimed, this::giveBack)) {
            Compensation due = attempt.claimed.compensation();
            if (attempt.onItsWay) {
                compensations.putOff(
                        due, "nothing is held yet", config.abandonDelay().minus(attempt.claimed.age()));
            } else if (attempt.error == null) {
                done.computeIfAbsent(due.kind(), any -> new ArrayList<>()).add(due.orderId());
            } else {
                putOff(attempt.claimed, attempt.error);
            }
        }
        done.forEach(compensations::done);
        return claimed.size() == config.batchSize();
    }

    private Attempt giveBack(Claimed claimed) {
        Compensation due = claimed.compensation();
        try {
            switch (due.kind()) {
                case RELEASE -> payments.release(due.userId(), due.orderId());
                case ABANDON -> {
                    boolean held = payments.release(due.userId(), due.orderId());
                    // The request for the hold may arrive after its release.
                    return new Attempt(claimed, null, !held && claimed.age().compareTo(config.abandonDelay()) < 0);
                }
                case REFUND -> payments.refund(due.userId(), due.orderId());
            }
            return new Attempt(claimed, null, false);
        } catch (RuntimeException e) {
            return new Attempt(claimed, String.valueOf(e.getMessage()), false);
        }
    }

    private void putOff(Claimed claimed, String error) {
        Compensation due = claimed.compensation();
        Duration pause = claimed.backOff(config.retryDelay(), config.maxRetryDelay());
        LOG.warnf(
                "%s of order %s of user %s is tried again in %d ms, after attempt %d: %s",
                due.kind(),
                LogField.order(due.orderId()),
                LogField.user(due.userId()),
                pause.toMillis(),
                claimed.attempt(),
                error);
        compensations.putOff(due, error, pause);
    }

    /**
     * How an attempt ended; without an error it is done.
     *
     * @param onItsWay whether it found nothing to release, though that may still come
     */
    private record Attempt(Claimed claimed, @Nullable String error, boolean onItsWay) {}
}
