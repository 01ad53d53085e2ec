package dev.holdfast.order.placement;

import dev.holdfast.logging.LogField;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderMetrics;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import dev.holdfast.order.compensation.Compensations;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Settles orders whose money is held, and whose id or idempotency key somebody else has or is just storing. */
@ApplicationScoped
class ContestedOrders {
    private static final Logger LOG = Logger.getLogger(ContestedOrders.class);
    /** How long another order of the same key that is being stored is waited for. */
    private static final Duration STORE_WAIT = Duration.ofSeconds(1);

    private final Orders orders;
    private final GivenUpOrders givenUpOrders;
    private final Payments payments;
    private final Compensations compensations;
    private final OrderMetrics metrics;
    private final Clock clock;

    ContestedOrders(
            Orders orders,
            GivenUpOrders givenUpOrders,
            Payments payments,
            Compensations compensations,
            OrderMetrics metrics,
            Clock clock) {
        this.orders = orders;
        this.givenUpOrders = givenUpOrders;
        this.payments = payments;
        this.compensations = compensations;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Stores one whose batch could not be stored because somebody is storing one of its keys.
     *
     * @param idUsedUp takes it where its id was given up, so that the next one is to be tried
     */
    void store(PendingOrder pending, Consumer<PendingOrder> idUsedUp) {
        Order order = orders.create(pending.id(), pending.request(), clock.instant());
        boolean stored;
        try {
            stored = !orders.add(List.of(order), STORE_WAIT).isEmpty();
        } catch (RuntimeException notStored) {
            LOG.warnf(
                    "Order %s of user %s could not be stored: %s",
                    LogField.order(pending.id()),
                    LogField.user(pending.request().userId()),
                    notStored.getMessage());
            givenUpOrders.giveUp(List.of(pending), notStored);
            return;
        }
        if (stored) {
            metrics.placed();
            pending.settle(new Placement.Placed(order));
        } else {
            settle(pending, idUsedUp);
        }
    }

    /**
     * Settles one that was not stored because there is an order of its id or key, or its id was given up.
     *
     * @param idUsedUp takes it where its id was given up, so that the next one is to be tried
     */
    void settle(PendingOrder pending, Consumer<PendingOrder> idUsedUp) {
        OrderRequest request = pending.request();
        // Should this fail, the hold is left alone: it may be the winner's.
        Optional<Order> winner = orders.placedWithKeyOf(request).or(() -> orders.find(request.userId(), pending.id()));
        if (winner.isEmpty() || !winner.get().id.equals(pending.id())) {
            // No order is stored under this id: another one has won the key, or an earlier request with this key gave
            // the
            // id up, and its release may have come before this hold.
            release(pending.id(), request.userId());
        }
        winner.ifPresentOrElse(
                order -> pending.settle(Placement.replay(request, order)), () -> idUsedUp.accept(pending));
    }

    /** Best effort: a hold that is not released now is released later. */
    private void release(UUID id, UUID userId) {
        try {
            if (payments.release(userId, id)) {
                return;
            }
        } catch (PaymentsUnavailableException e) {
            LOG.warnf(
                    "The hold of order %s of user %s is to be released later: %s",
                    LogField.order(id), LogField.user(userId), e.getMessage());
        }
        try {
            // Where there is no hold, the request for it may arrive after its release.
            compensations.abandon(Map.of(id, userId));
        } catch (RuntimeException e) {
            LOG.warnf(
                    "The hold of order %s of user %s is left to expire: %s",
                    LogField.order(id), LogField.user(userId), e.getMessage());
        }
    }
}
