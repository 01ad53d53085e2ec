package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import com.rabbitmq.client.AMQP;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.load.Scene.Placed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Messages of others, whose properties and lengths are the fault: each is one dead letter, and the events go on. */
final class ForeignMessages {
    private static final byte[] POISON = "{\"poison\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    private static final String REASON = "missing field 'type'";
    private static final BigDecimal BALANCE = new BigDecimal("200.00");
    private static final int GOOD = 50;
    /** Nearly the 131,072 of a frame, which the reason would not fit into beside them. */
    private static final int HEADER_BYTES = 130_900;
    /** What the broker lets through. */
    private static final int LONG_BODY_BYTES = 900_000;

    private static final int REFUSED_BODY_BYTES = 2 * 1024 * 1024;

    private ForeignMessages() {}

    static List<MessageFault> all() {
        return List.of(
                fault("foreign: expires", ForeignMessages::expires),
                fault("foreign: copies and delays", ForeignMessages::copies),
                fault("foreign: headers of a frame", ForeignMessages::fatHeaders),
                fault("foreign: control characters", ForeignMessages::controlCharacters),
                fault("foreign: long bodies", ForeignMessages::longBodies));
    }

    private static void expires(Scene scene, Random random) throws Exception {
        List<String> ids = List.of(id(), id(), id());
        amongGoodOnes(scene, () -> {
            for (int i = 0; i < ids.size(); i++) {
                String millis = List.of("0", "1", "5").get(i);
                scene.publish(
                        Topology.PAYMENT_REQUESTS,
                        properties(ids.get(i)).expiration(millis).build(),
                        POISON);
            }
        });
        for (String id : ids) {
            scene.await(
                    "I6",
                    "a message that expires is a dead letter",
                    () -> !reasons(scene, id).isEmpty());
            // Whichever comes first: its consumer, or the end of its time.
            String reason = reasons(scene, id).contains(REASON) ? REASON : "set aside by the broker (expired)";
            scene.expectDeadLetter("payments", "message_id", id, reason);
        }
        scene.checkMoney();
    }

    private static List<String> reasons(Scene scene, String id) {
        try {
            return Sql.texts(scene.payments(), "select reason from dead_letter where message_id = ?", id);
        } catch (java.sql.SQLException e) {
            return List.of();
        }
    }

    private static void copies(Scene scene, Random random) throws Exception {
        String id = id();
        String copyTo = Topology.deadLetterQueue(Topology.PAYMENT_RESULTS);
        Map<String, Object> headers = new HashMap<>();
        headers.put("CC", List.of(copyTo));
        headers.put("BCC", List.of(copyTo));
        headers.put("x-delay", 60_000);
        amongGoodOnes(
                scene,
                () -> scene.publish(
                        Topology.PAYMENT_REQUESTS,
                        properties(id)
                                .headers(headers)
                                .priority(9)
                                .replyTo("nobody")
                                .build(),
                        POISON));
        scene.expectDeadLetter("payments", "message_id", id, REASON);
        if (Sql.count(scene.orders(), "select count(*) from dead_letter where message_id = ?", id) > 0) {
            scene.found("I6", "a dead letter is not copied to where its headers say", id);
        }
        scene.checkMoney();
    }

    private static void fatHeaders(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publish(
                        Topology.PAYMENT_REQUESTS,
                        properties(id)
                                .headers(Map.of("h", "x".repeat(HEADER_BYTES)))
                                .build(),
                        POISON));
        scene.expectDeadLetter("payments", "message_id", id, REASON);
        scene.checkMoney();
    }

    private static void controlCharacters(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publish(
                        Topology.PAYMENT_REQUESTS,
                        properties(id + "\0\r\nERROR forged\u001b[31m")
                                .type("\0\r\n\u001b")
                                .build(),
                        POISON));
        scene.expectDeadLetter("payments", "message_id", id + "\uFFFD\r\nERROR forged\u001b[31m", REASON);
        scene.checkMoney();
    }

    private static void longBodies(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publish(Topology.PAYMENT_REQUESTS, properties(id).build(), new byte[LONG_BODY_BYTES]));
        scene.expectDeadLetter(
                "payments",
                "message_id",
                id,
                "its body of " + LONG_BODY_BYTES + " bytes is longer than an event's can be");
        if (!scene.refuses(REFUSED_BODY_BYTES)) {
            scene.found("I6", "the broker refuses a body that no event has", REFUSED_BODY_BYTES + " bytes");
        }
        scene.checkMoney();
    }

    private static AMQP.BasicProperties.Builder properties(String messageId) {
        return new AMQP.BasicProperties.Builder().messageId(messageId).deliveryMode(2);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    /** Good events before and behind. */
    private static void amongGoodOnes(Scene scene, Publication foreign) throws Exception {
        List<Placed> good = scene.placeOrders(scene.openAccounts(2, BALANCE), GOOD);
        for (Placed order : good.subList(0, GOOD / 2)) {
            scene.publish(order.request());
        }
        foreign.publish();
        for (Placed order : good.subList(GOOD / 2, GOOD)) {
            scene.publish(order.request());
        }
        scene.awaitConfirms();
        scene.awaitStatus(good, "FINISHED");
    }

    private interface Publication {
        void publish() throws Exception;
    }
}
