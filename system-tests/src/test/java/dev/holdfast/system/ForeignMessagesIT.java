package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What anyone who reaches the broker may send, to services with the heap that they are shipped with. */
@SystemTest
class ForeignMessagesIT {
    private static final String LETTERS = "/admin/payments/dead-letters";
    private static final int MIB = 1 << 20;
    private static final int LONG_BODIES = 12;

    private final StackUnderTest stack;
    private final Shop shop;

    ForeignMessagesIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @Test
    void bodiesOfManyMegabytesEndNoServiceAndDelayNoOrder() throws Exception {
        List<Long> pids =
                stack.paymentsReplicas().stream().map(LocalService::pid).toList();
        UUID user = shop.openAccount("10.00");
        // Such a broker is not ours: that one refuses them.
        stack.brokerProcess().control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
        try (Saga saga = new Saga(stack)) {
            for (int i = 0; i < LONG_BODIES; i++) {
                saga.publish(Topology.PAYMENT_REQUESTS, "long " + i, new byte[(20 + 40 * i / LONG_BODIES) * MIB]);
            }
            UUID order = shop.placeOrder(user, "4.00").expect(201).id();
            shop.awaitStatus(user, order, "FINISHED");
            assertThat(shop.discardDeadLetters(LETTERS, LONG_BODIES))
                    .allMatch(reason -> reason.matches("its body of \\d{8} bytes is longer than an event's can be"));
        } finally {
            stack.brokerProcess().control("eval", "application:set_env(rabbit, max_message_size, 1048576).");
        }
        assertThat(stack.paymentsReplicas()).extracting(LocalService::pid).isEqualTo(pids);
    }

    @Test
    void textOfAMessageForgesNoLineOfTheLog() throws Exception {
        String id = UUID.randomUUID().toString();
        try (Saga saga = new Saga(stack)) {
            saga.publish(Topology.PAYMENT_REQUESTS, id + "\r\nERROR forged\u001b[31m", "{\"poison\":\"x\"}");
        }
        shop.discardDeadLetters(LETTERS, 1);

        List<String> log =
                Files.readAllLines(stack.paymentsReplicas().getFirst().log());
        assertThat(log)
                .anyMatch(line -> line.contains(id + "\\r\\nERROR forged"))
                .noneMatch(line -> line.startsWith("ERROR forged") || line.contains("\u001b"));
    }
}
