package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Good events that come more than once, in another order, or with more fields than this version knows. */
final class DisorderedEvents {
    private static final int ORDERS = 50;
    private static final int COPIES = 3;
    private static final BigDecimal BALANCE = new BigDecimal("100.00");

    private DisorderedEvents() {}

    static List<MessageFault> all() {
        return List.of(
                fault("each event comes three times", DisorderedEvents::duplicate),
                fault("requests come in another order", DisorderedEvents::shuffle),
                fault("a result comes before its request", DisorderedEvents::resultFirst),
                fault("a failure races with its request", DisorderedEvents::failureRaces),
                fault("an old result comes after the new one", DisorderedEvents::oldResultLast),
                fault("a request comes again after the inbox forgot it", DisorderedEvents::replayedAfterRetention),
                fault("events have a field that this version does not know", DisorderedEvents::fieldAdded));
    }

    private static void duplicate(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        scene.publisher().publishAll(copies(requests(orders), random));
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checks().oneResultEach(orders);
        List<PaymentEvent> results = new ArrayList<>();
        for (String payload : scene.payments()
                .texts("select convert_from(payload, 'UTF8') from outbox where order_id = any (?)", (Object)
                        PlacedOrder.ids(orders))) {
            results.add(PaymentEventJson.read(payload.getBytes(StandardCharsets.UTF_8)));
        }
        scene.publisher().publishAll(copies(results, random));
        scene.flush();
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.checks().money();
    }

    private static void shuffle(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        scene.publisher().publishAll(shuffled(requests(orders), random));
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checks().oneResultEach(orders);
        scene.checks().money();
    }

    private static void resultFirst(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        List<PlacedOrder> refused = orders.subList(0, ORDERS / 2);
        List<PlacedOrder> paid = orders.subList(ORDERS / 2, ORDERS);
        scene.publisher().publishAll(refused.stream().map(PlacedOrder::failed).toList());
        scene.publisher().publishAll(paid.stream().map(PlacedOrder::succeeded).toList());
        scene.checks().awaitStatus(refused, "CANCELLED");
        scene.checks().awaitStatus(paid, "FINISHED");
        scene.publisher().publishAll(shuffled(requests(orders), random));
        scene.flush();
        scene.checks().awaitStatus(refused, "CANCELLED");
        scene.checks().awaitStatus(paid, "FINISHED");
        scene.checks().money();
        scene.checks().awaitNothingHeld(orders);
    }

    private static void failureRaces(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        List<PaymentEvent> events = new ArrayList<>();
        orders.forEach(order -> {
            events.add(order.request());
            events.add(order.failed());
        });
        scene.publisher().publishAll(shuffled(events, random));
        scene.flush();
        scene.checks().money();
        scene.checks().awaitNothingHeld(orders);
    }

    private static void oldResultLast(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        scene.publisher().publishAll(requests(orders));
        scene.checks().awaitStatus(orders, "FINISHED");
        List<PaymentEvent> old = new ArrayList<>();
        orders.forEach(order -> {
            old.add(order.failed());
            old.add(order.succeeded());
        });
        scene.publisher().publishAll(shuffled(old, random));
        scene.flush();
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.checks().money();
        scene.checks().awaitNothingHeld(orders);
    }

    private static void replayedAfterRetention(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        List<PaymentRequested> requests = requests(orders);
        scene.publisher().publishAll(requests);
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.flush();
        UUID[] events = requests.stream().map(PaymentRequested::eventId).toArray(UUID[]::new);
        int forgotten = scene.payments().update("delete from inbox where event_id = any (?)", (Object) events);
        if (forgotten != events.length) {
            scene.checks().add("I5", "each event that was applied is in the inbox", forgotten + " of " + events.length);
        }
        scene.publisher().publishAll(copies(requests, random));
        scene.flush();
        scene.checks()
                .await(
                        "I5",
                        "what is replayed is answered again",
                        () -> scene.payments()
                                        .count("select count(*) from inbox where event_id = any (?)", (Object) events)
                                == events.length);
        scene.checks().money();
        scene.checks().awaitNothingHeld(orders);
    }

    private static void fieldAdded(Scene scene, Random random) throws Exception {
        List<PlacedOrder> orders = placeOrders(scene);
        List<PlacedOrder> resultFirst = orders.subList(0, ORDERS / 2);
        for (PlacedOrder order : resultFirst) {
            publishWithMoreFields(scene, order.succeeded(), random);
        }
        scene.publisher().awaitConfirms();
        scene.checks().awaitStatus(resultFirst, "FINISHED");
        for (PlacedOrder order : orders) {
            publishWithMoreFields(scene, order.request(), random);
        }
        scene.publisher().awaitConfirms();
        scene.checks().awaitStatus(orders, "FINISHED");
        scene.flush();
        scene.checks().oneResultEach(orders);
        scene.checks().money();
    }

    private static void publishWithMoreFields(Scene scene, PaymentEvent event, Random random) throws Exception {
        String json = new String(PaymentEventJson.write(event), StandardCharsets.UTF_8);
        String longer = "{\"schema_version\":2,\"origin\":{\"region\":\"r%d\",\"tags\":[null,1.5]},%s"
                .formatted(random.nextInt(100), json.substring(1));
        scene.publisher()
                .publish(event.destination(), event.eventId().toString(), longer.getBytes(StandardCharsets.UTF_8));
    }

    private static List<PlacedOrder> placeOrders(Scene scene) throws Exception {
        return scene.placeOrders(scene.openAccounts(2, BALANCE), ORDERS);
    }

    private static List<PaymentRequested> requests(List<PlacedOrder> orders) {
        return orders.stream().map(PlacedOrder::request).toList();
    }

    static <E extends PaymentEvent> List<E> copies(List<E> events, Random random) {
        List<E> copies = new ArrayList<>();
        for (int copy = 0; copy < COPIES; copy++) {
            copies.addAll(events);
        }
        return shuffled(copies, random);
    }

    private static <E extends PaymentEvent> List<E> shuffled(List<E> events, Random random) {
        List<E> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
