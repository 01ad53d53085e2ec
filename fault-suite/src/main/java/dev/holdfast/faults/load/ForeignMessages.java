package dev.holdfast.faults.load;

import static dev.holdfast.faults.load.MessageFaults.fault;

import com.rabbitmq.client.AMQP;
import dev.holdfast.event.Topology;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Messages that no service sends, with odd properties or lengths: each becomes one dead letter and delays no event. */
final class ForeignMessages {
    private static final byte[] POISON = "{\"poison\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    private static final String REASON = "missing field 'type'";
    private static final BigDecimal BALANCE = new BigDecimal("200.00");
    private static final int GOOD = 50;
    /** A frame takes 131,072 bytes: no room is left for the header with the reason. */
    private static final int HEADER_BYTES = 130_900;
    /** The broker takes at most 1 MiB. */
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
                scene.publisher()
                        .publish(
                                Topology.PAYMENT_REQUESTS,
                                properties(ids.get(i)).expiration(millis).build(),
                                POISON);
            }
        });
        for (String id : ids) {
            scene.checks()
                    .await(
                            "I6",
                            "a message that expires is a dead letter",
                            () -> !reasons(scene, id).isEmpty());
            // It is read before it expires, or not.
            String reason = reasons(scene, id).contains(REASON) ? REASON : "set aside by the broker (expired)";
            scene.deadLetters().expect("payments", "message_id", id, reason);
        }
        scene.checks().money();
    }

    private static List<String> reasons(Scene scene, String id) throws SQLException {
        return scene.payments().texts("select reason from dead_letter where message_id = ?", id);
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
                () -> scene.publisher()
                        .publish(
                                Topology.PAYMENT_REQUESTS,
                                properties(id)
                                        .headers(headers)
                                        .priority(9)
                                        .replyTo("nobody")
                                        .build(),
                                POISON));
        scene.deadLetters().expect("payments", "message_id", id, REASON);
        if (scene.orders().count("select count(*) from dead_letter where message_id = ?", id) > 0) {
            scene.checks().add("I6", "a dead letter is not copied to where its headers say", id);
        }
        scene.checks().money();
    }

    private static void fatHeaders(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publisher()
                        .publish(
                                Topology.PAYMENT_REQUESTS,
                                properties(id)
                                        .headers(Map.of("h", "x".repeat(HEADER_BYTES)))
                                        .build(),
                                POISON));
        scene.deadLetters().expect("payments", "message_id", id, REASON);
        scene.checks().money();
    }

    private static void controlCharacters(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publisher()
                        .publish(
                                Topology.PAYMENT_REQUESTS,
                                properties(id + "\0\r\nERROR forged\u001b[31m")
                                        .type("\0\r\n\u001b")
                                        .build(),
                                POISON));
        scene.deadLetters().expect("payments", "message_id", id + "\uFFFD\r\nERROR forged\u001b[31m", REASON);
        scene.checks().money();
    }

    private static void longBodies(Scene scene, Random random) throws Exception {
        String id = id();
        amongGoodOnes(
                scene,
                () -> scene.publisher()
                        .publish(Topology.PAYMENT_REQUESTS, properties(id).build(), new byte[LONG_BODY_BYTES]));
        scene.deadLetters()
                .expect(
                        "payments",
                        "message_id",
                        id,
                        "its body of " + LONG_BODY_BYTES + " bytes is longer than an event's can be");
        if (!scene.publisher().isRefused(Topology.PAYMENT_REQUESTS, REFUSED_BODY_BYTES)) {
            scene.checks().add("I6", "the broker refuses a body that no event has", REFUSED_BODY_BYTES + " bytes");
        }
        scene.checks().money();
    }

    private static AMQP.BasicProperties.Builder properties(String messageId) {
        return new AMQP.BasicProperties.Builder().messageId(messageId).deliveryMode(MessagePublisher.PERSISTENT);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    /** Good events before and after it. */
    private static void amongGoodOnes(Scene scene, Scene.Publication foreign) throws Exception {
        List<PlacedOrder> good = scene.placeOrders(scene.openAccounts(2, BALANCE), GOOD);
        scene.publishAmong(good, GOOD / 2, foreign);
    }
}
