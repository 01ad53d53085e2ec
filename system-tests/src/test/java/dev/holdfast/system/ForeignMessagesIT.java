package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.Topology;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.system.invariants.Database;
import dev.holdfast.system.stack.StackUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What anyone who reaches the broker may send, to services with the heap that they are shipped with. */
@SystemTest
class ForeignMessagesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MIB = 1 << 20;
    private static final int LONG_BODIES = 12;

    private final StackUnderTest stack;
    private final Shop shop;
    private Saga saga;

    ForeignMessagesIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @BeforeEach
    void connect() throws Exception {
        saga = new Saga(stack);
    }

    @AfterEach
    void close() throws Exception {
        saga.close();
    }

    @Test
    void bodiesOfManyMegabytesEndNoServiceAndDelayNoOrder() throws Exception {
        List<Long> pids =
                stack.paymentsReplicas().stream().map(LocalService::pid).toList();
        UUID user = shop.openAccount("10.00");
        // Such a broker is not ours: that one refuses them.
        stack.brokerProcess().control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
        try {
            for (int i = 0; i < LONG_BODIES; i++) {
                saga.publish(Topology.PAYMENT_REQUESTS, "long " + i, new byte[(20 + 40 * i / LONG_BODIES) * MIB]);
            }
            UUID order = shop.placeOrder(user, "4.00").expect(201).id();
            shop.awaitStatus(user, order, "FINISHED");
            await().atMost(DEADLINE).until(() -> letters("message_id like 'long %'") == LONG_BODIES);
        } finally {
            stack.brokerProcess().control("eval", "application:set_env(rabbit, max_message_size, 1048576).");
        }
        assertThat(stack.paymentsReplicas()).extracting(LocalService::pid).isEqualTo(pids);
        assertThat(letters("message_id like 'long %' and reason like 'its body of % bytes is longer than an event%'"))
                .isEqualTo(LONG_BODIES);
    }

    @Test
    void textOfAMessageForgesNoLineOfTheLog() throws Exception {
        String id = UUID.randomUUID().toString();
        saga.publish(Topology.PAYMENT_REQUESTS, id + "\r\nERROR forged\u001b[31m", "{\"poison\":\"x\"}");
        await().atMost(DEADLINE).until(() -> letters("message_id like '" + id + "%'") == 1);

        List<String> ofMessage = log().filter(line -> line.contains(id)).toList();
        assertThat(ofMessage).isNotEmpty().allSatisfy(line -> assertThat(line).contains("\\r\\nERROR forged"));
        assertThat(log()).noneMatch(line -> line.startsWith("ERROR forged") || line.contains("\u001b"));
    }

    private Stream<String> log() throws IOException {
        return Files.readAllLines(stack.paymentsReplicas().getFirst().log()).stream();
    }

    private long letters(String condition) throws SQLException {
        Database payments = stack.paymentsDatabase();
        try (Connection connection = payments.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from dead_letter where " + condition)) {
            row.next();
            return row.getLong(1);
        }
    }
}
