package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Requests for payment that come after the order's hold has expired. */
final class LateRequests {
    private static final int HOLD_SECONDS = 1;
    private static final int LONG_HOLD_SECONDS = 600;

    private LateRequests() {}

    static List<MessageFault> all() {
        return List.of(
                fault("a request comes after its hold expired, the money is there", LateRequests::withMoney),
                fault("a request comes after its hold expired, the money is gone", LateRequests::withoutMoney));
    }

    private static void withMoney(Scene scene, Random random) throws Exception {
        PlacedOrder order = withExpiredHold(scene);
        scene.publisher().publishAll(DisorderedEvents.copies(List.of(order.request()), random));
        scene.checks().awaitStatus(List.of(order), "FINISHED");
        scene.flush();
        scene.checks().money();
        scene.checks().awaitNothingHeld(List.of(order));
    }

    private static void withoutMoney(Scene scene, Random random) throws Exception {
        PlacedOrder order = withExpiredHold(scene);
        PlacedOrder other = new PlacedOrder(UUID.randomUUID(), order.user());
        Answer taken = scene.hold(other, LONG_HOLD_SECONDS);
        if (taken.status() != 200) {
            scene.checks().add("I8", "the money of an expired hold can be reserved", taken.toString());
        }
        scene.publisher().publishAll(DisorderedEvents.copies(List.of(order.request()), random));
        scene.checks().awaitStatus(List.of(order), "CANCELLED");
        if (scene.orders()
                        .count("select count(*) from orders where id = ? and reason = 'insufficient_funds'", order.id())
                != 1) {
            scene.checks()
                    .add("I3", "an order without money left is cancelled for insufficient_funds", order.toString());
        }
        scene.release(other);
        scene.flush();
        scene.checks().money();
        scene.checks().awaitNothingHeld(List.of(order));
    }

    /** An order for all its user's money, whose hold has expired and was swept. */
    private static PlacedOrder withExpiredHold(Scene scene) throws Exception {
        UUID user = scene.openAccounts(1, PlacedOrder.PRICE).getFirst();
        PlacedOrder order = new PlacedOrder(UUID.randomUUID(), user);
        Answer held = scene.hold(order, HOLD_SECONDS);
        if (held.status() != 200) {
            scene.checks().add("I8", "money that is there can be reserved", held.toString());
        }
        scene.storeOrders(List.of(order));
        scene.checks()
                .await(
                        "I4",
                        "no hold stays HELD past its expiry and one sweep",
                        () -> scene.payments()
                                        .count(
                                                "select count(*) from hold where order_id = ? and status = 'EXPIRED'",
                                                order.id())
                                == 1);
        return order;
    }
}
