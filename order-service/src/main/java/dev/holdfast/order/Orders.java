package dev.holdfast.order;

import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.order.compensation.Compensations;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.Payments;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
    /** How long an order of the same key that is being stored is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Payments payments;
    private final PlacedOrders orders;
    private final OrderIds ids;
    private final GivenUpOrders givenUpOrders;
    private final Compensations compensations;
    private final OrderMetrics metrics;
    private final Clock clock;

    Orders(
            Payments payments,
            PlacedOrders orders,
            OrderIds ids,
            GivenUpOrders givenUpOrders,
            Compensations compensations,
            OrderMetrics metrics,
            Clock clock) {
        this.payments = payments;
        this.orders = orders;
        this.ids = ids;
        this.givenUpOrders = givenUpOrders;
        this.compensations = compensations;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Places an order; must be called outside of a transaction. A wish with an idempotency key has one order at most,
     * however often and by how many requests at once it is sent.
     *
     * @param id the first of the wish's {@linkplain OrderIds ids}, whose hold may have been taken before
     * @throws RuntimeException when the order could not be stored; its hold is released then, or expires
     */
    Placement place(UUID id, NewOrder wish) {
        Optional<Order> earlier = orders.placedWithKeyOf(wish);
        if (earlier.isPresent()) {
            return replay(wish, earlier.get());
        }
        for (Iterator<UUID> candidates = ids.from(id, wish).iterator(); candidates.hasNext(); ) {
            Placement placement = placeAs(candidates.next(), wish);
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

    /** Stores an order whose money is held. */
    Placement storeHeld(UUID id, NewOrder wish) {
        Placement placement = store(id, wish);
        return placement == null ? place(id, wish) : placement;
    }

    /** Null when this id cannot be used, so that the next one is to be tried. */
    private @Nullable Placement placeAs(UUID id, NewOrder wish) {
        HoldAnswer answer;
        try {
            answer = payments.hold(wish.userId(), id, wish.amount());
        } catch (CircuitBreakerOpenException | PaymentsUnavailableException e) {
            // Also where nothing was sent now: the call for many orders, which came before, may have held the money.
            LOG.warnf("Order %s could not be placed: %s", id, e.getMessage());
            return giveUp(id, wish, null);
        }
        return switch (answer) {
            case HoldAnswer.Held held -> store(id, wish);
            case HoldAnswer.AccountBusy busy -> new Placement.Overloaded();
            case HoldAnswer.Refused refused when blocksOnlyTheId(refused, wish) -> null;
            case HoldAnswer.Refused refused -> refuse(wish, refused);
        };
    }

    /** Whether the next id of the wish may be placed: it has a key, and the refused one is taken by another hold. */
    static boolean blocksOnlyTheId(HoldAnswer.Refused refused, NewOrder wish) {
        return wish.idempotencyKey() != null
                && (refused instanceof HoldAnswer.Released || refused instanceof HoldAnswer.Conflict);
    }

    /** Null when this id was given up. */
    private @Nullable Placement store(UUID id, NewOrder wish) {
        Order order = Order.create(id, wish, clock.instant());
        boolean added;
        try {
            added = !orders.add(List.of(order), PATIENCE).isEmpty();
        } catch (RuntimeException notStored) {
            LOG.warnf("Order %s could not be stored: %s", id, notStored.getMessage());
            return giveUp(id, wish, notStored);
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
            winner = orders.find(wish.userId(), id);
        }
        if (winner.isEmpty()) {
            // An earlier request with this key gave the id up, so nobody stores it; its release may have come before
            // this hold.
            release(id, wish);
            return null;
        }
        if (!winner.get().id.equals(id)) {
            // The key is won, so nobody stores an order under this id.
            release(id, wish);
        }
        return replay(wish, winner.get());
    }

    /**
     * Gives up an order that was not stored, unless it was: by another request with the same key, or by a commit whose
     * answer was lost.
     *
     * @param failure why it was not stored, null where payments gave no answer
     * @throws RuntimeException that failure, where it was not stored
     */
    private Placement giveUp(UUID id, NewOrder wish, @Nullable RuntimeException failure) {
        Map<UUID, Order> stored;
        try {
            stored = givenUpOrders.giveUp(List.of(new GivenUpOrders.Attempt(id, wish)));
        } catch (DatabaseException e) {
            LOG.warnf("Order %s could not be given up: %s", id, e.getMessage());
            releaseUnlessShared(id, wish);
            stored = Map.of();
        }
        Order order = stored.get(id);
        if (order != null) {
            return replay(wish, order);
        }
        if (failure != null) {
            throw failure;
        }
        return new Placement.PaymentsUnavailable();
    }

    /**
     * Best effort, of an order that could be neither stored nor given up, as the database is away. Should it have been stored
     * after all, it ends CANCELLED, as its client was told that it failed. Under the id of a key another request may have
     * stored one that its client was told of: such a hold is left to expire.
     */
    void releaseUnlessShared(UUID id, NewOrder wish) {
        try {
            if (wish.idempotencyKey() == null) {
                payments.release(wish.userId(), id);
            }
        } catch (PaymentsUnavailableException e) {
            LOG.warnf("The hold of order %s is left to expire: %s", id, e.getMessage());
        }
    }

    /** Best effort, of an id under which no order can be stored: a hold that is not released now is released later. */
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
            compensations.abandon(Map.of(id, wish.userId()));
        } catch (RuntimeException e) {
            LOG.warnf("The hold of order %s is left to expire: %s", id, e.getMessage());
        }
    }

    /** A refusal may come of the order that another request with the same key has placed meanwhile. */
    private Placement refuse(NewOrder wish, HoldAnswer.Refused refused) {
        return orders.placedWithKeyOf(wish)
                .<Placement>map(winner -> replay(wish, winner))
                .orElseGet(() -> new Placement.Refused(refused));
    }

    /** The answer to a wish for which there is an order. */
    static Placement replay(NewOrder wish, Order order) {
        if (wish.idempotencyKey() == null) {
            return new Placement.Placed(order);
        }
        return wish.isSameAs(order) ? new Placement.Replayed(order) : new Placement.KeyReused();
    }
}
