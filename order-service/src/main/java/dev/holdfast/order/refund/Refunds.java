package dev.holdfast.order.refund;

import dev.holdfast.order.compensation.CompensationConfig;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.refund.RefundResult.Refunded;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Refunds orders. What is to be refunded is committed before payments is asked, so that it ends DONE whatever crashes: who asks
 * for it tries at once, and the worker from then on. Payments books it once, by its id.
 */
@ApplicationScoped
class Refunds {
    private static final Logger LOG = Logger.getLogger(Refunds.class);
    /** Then the answer is PENDING. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private final RefundTable table;
    private final PendingRefunds pending;
    private final Payments payments;
    private final CompensationConfig config;
    private final Counter asked;

    Refunds(
            RefundTable table,
            PendingRefunds pending,
            Payments payments,
            CompensationConfig config,
            MeterRegistry metrics) {
        this.table = table;
        this.pending = pending;
        this.payments = payments;
        this.config = config;
        this.asked = Counter.builder("holdfast.refunds.asked")
                .description("Refunds that were asked for and are possible, replays not counted")
                .register(metrics);
    }

    /** Fails where the database does: then it is to be asked for again. No thread waits for payments. */
    Uni<RefundResult> refund(RefundRequest request) {
        return onWorker(() -> table.add(request, config.lease())).chain(result -> {
            if (result instanceof Refunded(OrderRefund refund, boolean replayed) && !replayed) {
                asked.increment();
                return book(refund, request);
            }
            return Uni.createFrom().item(result);
        });
    }

    private Uni<RefundResult> book(OrderRefund refund, RefundRequest request) {
        return Uni.createFrom()
                .deferred(() -> payments.refundPart(
                        refund.id(), refund.userId(), refund.orderId(), refund.amount(), request.traceparent()))
                .ifNoItem()
                .after(ANSWER_MAX)
                .fail()
                .chain(booked -> onWorker(() -> {
                    pending.done(List.of(refund.id()));
                    return refund.done();
                }))
                .onFailure()
                .recoverWithUni(failure -> onWorker(() -> leaveToWorker(refund, failure)))
                .map(tried -> new Refunded(tried, false));
    }

    /** Soon; where even this fails, when the time is over that it was given. */
    private OrderRefund leaveToWorker(OrderRefund refund, Throwable failure) {
        String error = String.valueOf(failure.getMessage());
        try {
            pending.putOff(refund, error, config.retryDelay());
        } catch (RuntimeException later) {
            LOG.warnf("Refund %s is tried again when its lease ends: %s", refund.id(), later.getMessage());
        }
        return refund;
    }

    private static <T> Uni<T> onWorker(Supplier<T> statements) {
        return Uni.createFrom().item(statements).runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }
}
