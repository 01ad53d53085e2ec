package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import dev.holdfast.event.Topology;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** One event that can never be applied, among 999 good ones that all are. */
final class PoisonedEvents {
    private static final int GOOD = 999;
    private static final int USERS = 8;
    private static final BigDecimal BALANCE = new BigDecimal("200.00");

    private PoisonedEvents() {}

    static List<MessageFault> all() {
        return List.of(
                unreadable("poison: bad JSON", "{\"type\":\"payment_requested\",", "not a payment event in JSON"),
                unreadable(
                        "poison: unknown type",
                        "{\"type\":\"payment_guessed\",\"order_id\":\"%s\",\"user_id\":\"%s\",\"amount\":1.00,\"occurred_at\":\"2026-01-01T00:00:00Z\"}"
                                .formatted(UUID.randomUUID(), UUID.randomUUID()),
                        "unknown type 'payment_guessed'"),
                unreadable(
                        "poison: missing field",
                        "{\"type\":\"payment_requested\",\"order_id\":\"%s\",\"amount\":1.00,\"occurred_at\":\"2026-01-01T00:00:00Z\"}"
                                .formatted(UUID.randomUUID()),
                        "missing field 'user_id'"),
                fault("poison: unknown order", PoisonedEvents::unknownOrder),
                fault("poison: wrong amount", PoisonedEvents::wrongAmount));
    }

    /** Sent to both services, each of which has 999 good events on its queue. */
    private static MessageFault unreadable(String name, String body, String reason) {
        return fault(name, (scene, random) -> {
            String request = UUID.randomUUID().toString();
            String result = UUID.randomUUID().toString();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            amongGoodOnes(scene, random, () -> {
                scene.publisher().publish(Topology.PAYMENT_REQUESTS, request, bytes);
                scene.publisher().publish(Topology.PAYMENT_RESULTS, result, bytes);
            });
            scene.deadLetters().expect("payments", "message_id", request, reason);
            scene.deadLetters().expect("orders", "message_id", result, reason);
            scene.checks().money();
        });
    }

    private static void unknownOrder(Scene scene, Random random) throws Exception {
        UUID unknown = UUID.randomUUID();
        UUID user = scene.openAccounts(1, BALANCE).getFirst();
        amongGoodOnes(scene, random, () -> scene.publisher().publish(new PlacedOrder(unknown, user).request()));
        expectFailure(scene, unknown, "hold_not_found");
        scene.deadLetters().expect("orders", "order_id", unknown, "there is no order " + unknown);
        scene.checks().money();
    }

    private static void wrongAmount(Scene scene, Random random) throws Exception {
        PlacedOrder order = scene.placeOrders(scene.openAccounts(1, BALANCE), 1).getFirst();
        amongGoodOnes(scene, random, () -> scene.publisher().publish(order.request(new BigDecimal("2.00"))));
        expectFailure(scene, order.id(), "hold_mismatch");
        scene.deadLetters()
                .expect("orders", "order_id", order.id(), "order " + order.id() + " is of 1.00, not of 2.00");
        // The right request finishes the order all the same.
        scene.publisher().publishAll(List.of(order.request()));
        scene.checks().awaitStatus(List.of(order), "FINISHED");
        scene.checks().money();
    }

    private static void expectFailure(Scene scene, UUID order, String reason) throws Exception {
        scene.checks()
                .await(
                        "I6",
                        "the payment of order " + order + " fails with " + reason,
                        () -> scene.payments()
                                        .count(
                                                "select count(*) from outbox where order_id = ? and type = 'payment_failed'"
                                                        + " and strpos(convert_from(payload, 'UTF8'), ?) > 0",
                                                order,
                                                "\"" + reason + "\"")
                                == 1);
    }

    private static void amongGoodOnes(Scene scene, Random random, Scene.Publication poison) throws Exception {
        List<PlacedOrder> good = scene.placeOrders(scene.openAccounts(USERS, BALANCE), GOOD);
        scene.publishAmong(good, random.nextInt(GOOD), poison);
    }
}
