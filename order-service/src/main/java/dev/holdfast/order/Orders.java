package dev.holdfast.order;

import dev.holdfast.order.compensation.Compensations;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The first two steps of the saga for one order by itself: the money is held, then the order is stored together with the
 * request for its payment. No transaction is open while payments is asked. Whatever ends in between leaves a hold that is
 * released, or expires. Most orders take these steps together with others ({@link JointPlacement}); here come those with
 * which something is out of the ordinary.
 */
@ApplicationScoped
public class Orders {
    private static final Logger LOG = Logger.getLogger(Orders.class);

    private final Payments payments;
    private final PlacedOrders orders;
    private final Compensations compensations;
    private final OrderMetrics metrics;
    private final Clock clock;

    Orders(Payments payments, PlacedOrders orders, Compensations compensations, OrderMetrics metrics, Clock clock) {
        this.payments = payments;
        this.orders = orders;
        this.compensations = compensations;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Places an order; must be called outside of a transaction. A wish with an idempotency key has one order at most,
     * however often and by how many requests at once it is sent.
     *
     * @param id the first of the wish's {@linkplain OrderIds ids}, whose hold may have been taken before
     * @throws RuntimeException when the order could not be stored; its hold was released then, or expires
     */
    Placement place(UUID id, NewOrder wish) {
        Optional<Order> earlier = orders.placedWithKeyOf(wish);
        if (earlier.isPresent()) {
            return replay(wish, earlier.get());
        }
        for (Iterator<UUID> ids = OrderIds.from(id, wish).iterator(); ids.hasNext(); ) {
            Placement placement = placeAs(ids.next(), wish);
            if (placement != null) {
                return placement;
            }
        }
        return new Placement.KeyExhausted();
    }

    /** Settles an order whose money is held, and whose id or key was in the way when it was to be stored. */
    Placement contested(UUID id, NewOrder wish) {
        Placement placement = settleContest(id, wish);
        return placement == null ? place(id, wish) : placement;
    }

    /**
     * Settles an order whose money is held, and for which the statement that stores it has failed.
     *
     * @throws RuntimeException the same when the order was not stored; its hold was released then, or expires
     */
    Placement notStored(UUID id, NewOrder wish, RuntimeException failure) {
        Placement placement = giveUp(id, wish);
        if (placement instanceof Placement.PaymentsUnavailable) {
            throw failure;
        }
        return placement;
    }

    /** Null when this id was given up, so that the next one is to be tried. */
    private @Nullable Placement placeAs(UUID id, NewOrder wish) {
        HoldAnswer answer;
        try {
            answer = payments.hold(wish.userId(), id, wish.amount());
        } catch (CircuitBreakerOpenException | PaymentsUnavailableException e) {
            // Also where nothing was sent now: the call for many orders, which came before, may have held the money.
            LOG.warnf("Order %s could not be placed: %s", id, e.getMessage());
            return giveUp(id, wish);
        }
        return switch (answer) {
            case HoldAnswer.Held held -> store(id, wish);
            case HoldAnswer.Released released when wish.idempotencyKey() != null -> null;
            case HoldAnswer.Refused refused -> refuse(wish, refused);
        };
    }

    private @Nullable Placement store(UUID id, NewOrder wish) {
        Order order = Order.create(id, wish, clock.instant());
        boolean added;
        try {
            added = !orders.add(List.of(order)).isEmpty();
        } catch (RuntimeException notStored) {
            LOG.warnf("Order %s could not be stored: %s", id, notStored.getMessage());
            return notStored(id, wish, notStored);
        }
        if (added) {
            metrics.placed();
            return new Placement.Placed(order);
        }
        return settleContest(id, wish);
    }

    /** Null when this id was given up. */
    private @Nullable Placement settleContest(UUID id, NewOrder wish) {
        // Should this fail, the hold is left alone: it may be the winner's.
        Optional<Order> winner = orders.placedWithKeyOf(wish);
        if (winner.isEmpty()) {
            // An earlier request with this key gave the id up; its release may have come before this hold.
            release(id, wish);
            return null;
        }
        releaseUnlessItIs(winner.get(), id, wish);
        return replay(wish, winner.get());
    }

    /**
     * Releases the hold of an order that was not stored, unless it was: by another request with the same key, or by a
     * commit whose answer was lost.
     */
    Placement giveUp(UUID id, NewOrder wish) {
        Optional<Order> stored = Optional.empty();
        try {
            stored = orders.placed(wish, id);
        } catch (RuntimeException e) {
            // The hold is released all the same: should there be an order, its payment fails and it is cancelled.
            LOG.warnf("Whether there is an order %s could not be found out: %s", id, e.getMessage());
        }
        if (stored.isEmpty()) {
            release(id, wish);
            return new Placement.PaymentsUnavailable();
        }
        releaseUnlessItIs(stored.get(), id, wish);
        return replay(wish, stored.get());
    }

    private void releaseUnlessItIs(Order winner, UUID id, NewOrder wish) {
        if (!winner.id.equals(id)) {
            release(id, wish);
        }
    }

    /** Best effort: a hold that even the database does not know of is left to expire. */
    private void release(UUID id, NewOrder wish) {
        try {
            if (payments.release(wish.userId(), id)) {
                return;
            }
        } catch (PaymentsUnavailableException e) {
            LOG.warnf("The hold of order %s is to be released later: %s", id, e.getMessage());
        }
        try {
            // Where there is no hold, the request for it may arrive after its release.
            compensations.abandon(id, wish.userId());
        } catch (RuntimeException e) {
            LOG.warnf("The hold of order %s is left to expire: %s", id, e.getMessage());
        }
    }

    /** A refusal may come of the order that another request with the same key has placed meanwhile. */
    private Placement refuse(NewOrder wish, HoldAnswer.Refused refused) {
        Optional<Order> winner = orders.placedWithKeyOf(wish);
        if (winner.isPresent()) {
            return replay(wish, winner.get());
        }
        return refused instanceof HoldAnswer.Conflict && wish.idempotencyKey() != null
                ? new Placement.KeyInProgress()
                : new Placement.Refused(refused);
    }

    /** The answer to a wish for which there is an order. */
    static Placement replay(NewOrder wish, Order order) {
        if (wish.idempotencyKey() == null) {
            return new Placement.Placed(order);
        }
        return wish.isSameAs(order) ? new Placement.Replayed(order) : new Placement.KeyReused();
    }
}
