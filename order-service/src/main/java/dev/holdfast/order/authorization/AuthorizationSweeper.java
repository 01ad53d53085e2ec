package dev.holdfast.order.authorization;

import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.logging.LogField;
import dev.holdfast.order.AuthorizationConfig;
import dev.holdfast.order.CancelReason;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.retry.RetryLoop;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Ends orders that are AUTHORIZED and whose time is over. Payments decides, as for a cancellation: it releases the hold, or says
 * that the money is captured. So does it end those that somebody asked to cancel and of whose release nobody has heard.
 * Replicas may do so side by side.
 */
@ApplicationScoped
class AuthorizationSweeper {
    private static final Logger LOG = Logger.getLogger(AuthorizationSweeper.class);

    private final ExpiredAuthorizations expired;
    private final Payments payments;
    private final OrderMetrics metrics;
    private final AuthorizationConfig config;

    AuthorizationSweeper(
            ExpiredAuthorizations expired, Payments payments, OrderMetrics metrics, AuthorizationConfig config) {
        this.expired = expired;
        this.payments = payments;
        this.metrics = metrics;
        this.config = config;
    }

    @Scheduled(
            identity = "authorization-sweep",
            every = "${holdfast.authorization.interval:30s}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void sweep() {
        Set<UUID> left = new HashSet<>();
        try {
            for (int batch = 0; batch < config.maxBatches(); batch++) {
                List<Order> due = expired.due(config.grace(), left, config.batchSize());
                if (due.isEmpty()) {
                    return;
                }
                end(due, left);
            }
        } catch (DatabaseException e) {
            LOG.warnf("Orders whose authorization is over are left to the next sweep: %s", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(List<Order> due, Set<UUID> left) throws InterruptedException {
        List<Boolean> released = RetryLoop.callForEach(due, this::isReleased);
        Set<UUID> ids = new HashSet<>();
        for (int i = 0; i < due.size(); i++) {
            (released.get(i) ? ids : left).add(due.get(i).id);
        }
        // One that was captured or cancelled meanwhile stays as it is: its payment, or its request, ends it.
        left.addAll(ids);
        for (Order order : expired.cancel(ids)) {
            CancelReason reason = order.isCancelledBy(CancelReason.HOLD_EXPIRED)
                    ? CancelReason.HOLD_EXPIRED
                    : CancelReason.CANCELLED_BY_REQUEST;
            metrics.cancelled(reason, Duration.between(order.createdAt, order.updatedAt));
        }
    }

    private boolean isReleased(Order order) {
        try {
            if (payments.cancel(order.userId, order.id, order.amount, null)
                    .await()
                    .indefinitely()) {
                return true;
            }
            LOG.warnf(
                    "Order %s of user %s is AUTHORIZED past its time, and payments has captured it",
                    LogField.order(order.id), LogField.user(order.userId));
        } catch (RuntimeException e) {
            LOG.warnf(
                    "Order %s of user %s stays AUTHORIZED until the next sweep: %s",
                    LogField.order(order.id), LogField.user(order.userId), e.getMessage());
        }
        return false;
    }
}
