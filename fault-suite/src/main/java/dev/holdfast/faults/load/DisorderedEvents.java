package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.faults.load.Scene.Placed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Good events that come more than once, in another order, late, or with more in them than this version knows. */
final class DisorderedEvents {
    private static final int ORDERS = 50;
    private static final int COPIES = 3;
    private static final BigDecimal BALANCE = new BigDecimal("100.00");
    private static final int HOLD_SECONDS = 1;
    private static final int LONG_HOLD_SECONDS = 600;

    private DisorderedEvents() {}

    static List<MessageFault> all() {
        return List.of(
                fault("each event comes three times", DisorderedEvents::duplicate),
                fault("requests come in another order", DisorderedEvents::shuffle),
                fault("a result comes before its request", DisorderedEvents::resultFirst),
                fault("a failure races with its request", DisorderedEvents::failureRaces),
                fault("an old result comes after the new one", DisorderedEvents::oldResultLast),
                fault("a request comes after its hold expired, the money is there", DisorderedEvents::lateWithMoney),
                fault("a request comes after its hold expired, the money is gone", DisorderedEvents::lateWithoutMoney),
                fault("a request comes again after the inbox forgot it", DisorderedEvents::replayedAfterRetention),
                fault("events have a field that this version does not know", DisorderedEvents::fieldAdded));
    }

    private static void duplicate(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        publish(scene, copies(orders.stream().map(Placed::request).toList(), random));
        scene.awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checkResults(orders, 1);
        List<PaymentEvent> results = new ArrayList<>();
        for (Placed order : orders) {
            for (String payload : Sql.texts(
                    scene.payments(),
                    "select convert_from(payload, 'UTF8') from outbox where order_id = ?",
                    order.id())) {
                results.add(PaymentEventJson.read(payload.getBytes(StandardCharsets.UTF_8)));
            }
        }
        publish(scene, copies(results, random));
        scene.flush();
        scene.awaitStatus(orders, "FINISHED");
        scene.checkMoney();
    }

    private static void shuffle(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        List<PaymentRequested> requests =
                new ArrayList<>(orders.stream().map(Placed::request).toList());
        Collections.shuffle(requests, random);
        publish(scene, requests);
        scene.awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checkResults(orders, 1);
        scene.checkMoney();
    }

    private static void resultFirst(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        List<Placed> refused = orders.subList(0, ORDERS / 2);
        List<Placed> paid = orders.subList(ORDERS / 2, ORDERS);
        publish(scene, refused.stream().map(DisorderedEvents::failed).toList());
        publish(scene, paid.stream().map(DisorderedEvents::succeeded).toList());
        scene.awaitStatus(refused, "CANCELLED");
        scene.awaitStatus(paid, "FINISHED");
        List<PaymentRequested> requests =
                new ArrayList<>(orders.stream().map(Placed::request).toList());
        Collections.shuffle(requests, random);
        publish(scene, requests);
        scene.flush();
        scene.awaitStatus(refused, "CANCELLED");
        scene.awaitStatus(paid, "FINISHED");
        settle(scene, orders);
    }

    private static void failureRaces(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        List<PaymentEvent> events = new ArrayList<>();
        orders.forEach(order -> {
            events.add(order.request());
            events.add(failed(order));
        });
        Collections.shuffle(events, random);
        publish(scene, events);
        scene.flush();
        settle(scene, orders);
    }

    private static void oldResultLast(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        publish(scene, orders.stream().map(Placed::request).toList());
        scene.awaitStatus(orders, "FINISHED");
        List<PaymentEvent> old = new ArrayList<>();
        orders.forEach(order -> {
            old.add(failed(order));
            old.add(succeeded(order));
        });
        Collections.shuffle(old, random);
        publish(scene, old);
        scene.flush();
        scene.awaitStatus(orders, "FINISHED");
        settle(scene, orders);
    }

    private static void lateWithMoney(Scene scene, Random random) throws Exception {
        Placed order = withExpiredHold(scene, Scene.PRICE);
        publish(scene, copies(List.of(order.request()), random));
        scene.awaitStatus(List.of(order), "FINISHED");
        scene.flush();
        settle(scene, List.of(order));
    }

    private static void lateWithoutMoney(Scene scene, Random random) throws Exception {
        Placed order = withExpiredHold(scene, Scene.PRICE);
        UUID other = UUID.randomUUID();
        Answer taken = scene.hold(order.user(), other, Scene.PRICE, LONG_HOLD_SECONDS);
        if (taken.status() != 200) {
            scene.found("I8", "the money of an expired hold can be reserved", taken.toString());
        }
        publish(scene, copies(List.of(order.request()), random));
        scene.awaitStatus(List.of(order), "CANCELLED");
        if (Sql.count(
                        scene.orders(),
                        "select count(*) from orders where id = ? and reason = 'insufficient_funds'",
                        order.id())
                != 1) {
            scene.found("I3", "an order without money left is cancelled for insufficient_funds", order.toString());
        }
        scene.release(order.user(), other);
        scene.flush();
        settle(scene, List.of(order));
    }

    private static void replayedAfterRetention(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        List<PaymentRequested> requests = orders.stream().map(Placed::request).toList();
        publish(scene, requests);
        scene.awaitStatus(orders, "FINISHED");
        scene.flush();
        UUID[] events = requests.stream().map(PaymentRequested::eventId).toArray(UUID[]::new);
        int forgotten = Sql.update(scene.payments(), "delete from inbox where event_id = any (?)", (Object) events);
        if (forgotten != events.length) {
            scene.found("I5", "each event that was applied is in the inbox", forgotten + " of " + events.length);
        }
        publish(scene, copies(requests, random));
        scene.flush();
        scene.await(
                "I5",
                "what is replayed is answered again",
                () -> Sql.count(scene.payments(), "select count(*) from inbox where event_id = any (?)", (Object)
                                events)
                        == events.length);
        settle(scene, orders);
    }

    private static void fieldAdded(Scene scene, Random random) throws Exception {
        List<Placed> orders = placeOrders(scene);
        List<Placed> resultFirst = orders.subList(0, ORDERS / 2);
        for (Placed order : resultFirst) {
            publishLonger(scene, succeeded(order), random);
        }
        scene.awaitConfirms();
        scene.awaitStatus(resultFirst, "FINISHED");
        for (Placed order : orders) {
            publishLonger(scene, order.request(), random);
        }
        scene.awaitConfirms();
        scene.awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checkResults(orders, 1);
        scene.checkMoney();
    }

    private static void publishLonger(Scene scene, PaymentEvent event, Random random) throws Exception {
        String json = new String(PaymentEventJson.write(event), StandardCharsets.UTF_8);
        String longer = "{\"schema_version\":2,\"origin\":{\"region\":\"r%d\",\"tags\":[null,1.5]},%s"
                .formatted(random.nextInt(100), json.substring(1));
        scene.publish(event.destination(), event.eventId().toString(), longer.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Placed> placeOrders(Scene scene) throws Exception {
        return scene.placeOrders(scene.openAccounts(2, BALANCE), ORDERS);
    }

    /** An order of all its user's money, whose hold was swept. */
    private static Placed withExpiredHold(Scene scene, BigDecimal balance) throws Exception {
        Placed order =
                new Placed(UUID.randomUUID(), scene.openAccounts(1, balance).getFirst());
        Answer held = scene.hold(order.user(), order.id(), Scene.PRICE, HOLD_SECONDS);
        if (held.status() != 200) {
            scene.found("I8", "money that is there can be reserved", held.toString());
        }
        scene.storeOrders(List.of(order));
        scene.await(
                "I4",
                "no hold stays HELD past its expiry and one sweep",
                () -> Sql.count(
                                scene.payments(),
                                "select count(*) from hold where order_id = ? and status = 'EXPIRED'",
                                order.id())
                        == 1);
        return order;
    }

    private static void settle(Scene scene, List<Placed> orders) throws Exception {
        scene.checkMoney();
        for (UUID user : orders.stream().map(Placed::user).distinct().toList()) {
            scene.awaitHeldNothing(user);
        }
    }

    private static <E extends PaymentEvent> List<E> copies(List<E> events, Random random) {
        List<E> copies = new ArrayList<>();
        for (int copy = 0; copy < COPIES; copy++) {
            copies.addAll(events);
        }
        Collections.shuffle(copies, random);
        return copies;
    }

    private static void publish(Scene scene, List<? extends PaymentEvent> events) throws Exception {
        for (PaymentEvent event : events) {
            scene.publish(event);
        }
        scene.awaitConfirms();
    }

    private static PaymentFailed failed(Placed order) {
        return new PaymentFailed(
                UUID.randomUUID(),
                order.id(),
                order.user(),
                Scene.PRICE,
                Instant.now(),
                FailureReason.INSUFFICIENT_FUNDS);
    }

    private static PaymentSucceeded succeeded(Placed order) {
        return new PaymentSucceeded(UUID.randomUUID(), order.id(), order.user(), Scene.PRICE, Instant.now());
    }
}
