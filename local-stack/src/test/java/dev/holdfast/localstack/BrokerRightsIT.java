package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each user of the broker may do there, which is what the definitions say and nothing else. */
class BrokerRightsIT {
    private static final List<String> EXCHANGES = List.of(
            "",
            "amq.direct",
            "amq.fanout",
            "amq.topic",
            "amq.headers",
            "payment_requests_exchange",
            "payment_results_exchange",
            "payment_requests_dead_letters",
            "payment_results_dead_letters",
            "payment_dead_letters");

    private static final List<String> QUEUES =
            List.of("payment_requests", "payment_requests.dead", "payment_results", "payment_results.dead");

    private static LocalBroker broker;

    @BeforeAll
    static void start(@TempDir Path folder) {
        broker = LocalBroker.start(folder.resolve("rabbitmq"), 0);
        broker.control("add_user", "reader", "reader-password");
        broker.control("set_permissions", "--vhost", "holdfast-local", "reader", "^$", "^$", ".*");
        broker.control("add_user", "nobody", "nobody-password");
        broker.control("set_permissions", "--vhost", "holdfast-local", "nobody", "^$", "^$", "^$");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({
        "orders, payment_requests_exchange payment_results_dead_letters",
        "payments, payment_requests_dead_letters payment_results_exchange",
        "reader, ''",
        "nobody, ''"
    })
    void writesToItsOwnExchangesOnly(String user, String allowed) throws Exception {
        Set<String> written = new TreeSet<>();
        for (String exchange : EXCHANGES) {
            String refusal = refusal(user, channel -> channel.basicPublish(exchange, "none", null, new byte[0]));
            if (refusal == null) {
                written.add(exchange);
            } else {
                assertThat(refusal).as(exchange).contains("ACCESS_REFUSED");
            }
        }
        assertThat(String.join(" ", written)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "orders, payment_results payment_results.dead",
        "payments, payment_requests payment_requests.dead",
        "nobody, ''"
    })
    void readsAndPurgesItsOwnQueuesOnly(String user, String allowed) throws Exception {
        assertThat(String.join(" ", permitted(user, queue -> channel -> channel.basicGet(queue, true))))
                .isEqualTo(allowed);
        assertThat(String.join(
                        " ",
                        permitted(user, queue -> channel -> channel.basicConsume(queue, new DefaultConsumer(channel)))))
                .isEqualTo(allowed);
        // RabbitMQ has no right of its own for that: whoever may take all messages may throw them away.
        assertThat(String.join(" ", permitted(user, queue -> channel -> channel.queuePurge(queue))))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "payments", "reader", "nobody"})
    void declaresDeletesAndBindsNothing(String user) throws Exception {
        List<Operation> operations = new ArrayList<>();
        for (String queue : QUEUES) {
            operations.add(channel -> channel.queueDelete(queue));
            operations.add(
                    channel -> channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum")));
            for (String exchange : EXCHANGES.subList(1, EXCHANGES.size())) {
                operations.add(channel -> channel.queueBind(queue, exchange, "another"));
                operations.add(channel -> channel.queueUnbind(queue, exchange, queue));
            }
        }
        for (String exchange : EXCHANGES.subList(5, EXCHANGES.size())) {
            operations.add(channel -> channel.exchangeDelete(exchange));
            operations.add(channel -> channel.exchangeDeclare(exchange, "direct", true));
            operations.add(channel -> channel.exchangeBind("payment_requests_exchange", exchange, "another"));
            operations.add(channel -> channel.exchangeBind(exchange, "amq.direct", "another"));
        }
        operations.add(channel -> channel.queueDeclare("of_its_own", false, true, true, Map.of()));
        operations.add(channel -> channel.queueDeclare("", false, true, true, Map.of()));
        operations.add(channel -> channel.exchangeDeclare("of_its_own", "fanout"));
        for (Operation operation : operations) {
            assertThat(refusal(user, operation)).contains("ACCESS_REFUSED");
        }
    }

    /** So whoever only asks how long the queues are needs no right at all. */
    @ParameterizedTest
    @ValueSource(strings = {"orders", "payments", "nobody"})
    void looksWhetherAllIsThere(String user) throws Exception {
        for (String exchange : EXCHANGES.subList(5, EXCHANGES.size())) {
            assertThat(refusal(user, channel -> channel.exchangeDeclarePassive(exchange)))
                    .isNull();
        }
        for (String queue : QUEUES) {
            assertThat(refusal(user, channel -> channel.queueDeclarePassive(queue)))
                    .isNull();
        }
    }

    @Test
    void nobodySendsInTheNameOfAnother() throws Exception {
        for (String[] case_ : new String[][] {
            {"orders", "payment_requests_exchange", "payments"},
            {"orders", "payment_requests_exchange", "holdfast-local"},
            {"payments", "payment_results_exchange", "orders"},
            {"payments", "payment_requests_dead_letters", "orders"},
            {"holdfast-local", "payment_requests_exchange", "orders"}
        }) {
            BasicProperties claimed =
                    new BasicProperties.Builder().userId(case_[2]).build();
            assertThat(refusal(case_[0], channel -> channel.basicPublish(case_[1], "none", claimed, new byte[0])))
                    .contains("PRECONDITION_FAILED")
                    .contains("user_id property");
        }
    }

    /** RabbitMQ 4 would drop it after 20 times, unless the policy says another number. */
    @Test
    void deadLettersCanBeGivenBackAsOftenAsTheDatabaseIsAway() throws Exception {
        assertThat(broker.control("list_policies", "--vhost", "holdfast-local"))
                .containsPattern("holdfast-dead-letters\\s.*delivery-limit\":100000");
        String policies = broker.control("list_queues", "--vhost", "holdfast-local", "name", "policy");
        for (String queue : QUEUES) {
            assertThat(policies.lines().filter(line -> line.startsWith(queue + "\t")))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.endsWith("\tholdfast-dead-letters")).isEqualTo(queue.endsWith(".dead")));
        }
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUrl("orders"));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.basicPublish("payment_results_dead_letters", "payment_results.dead", null, new byte[0]);
            for (int i = 0; i < 25; i++) {
                await().untilAsserted(() -> {
                    GetResponse letter = channel.basicGet("payment_results.dead", false);
                    assertThat(letter).isNotNull();
                    channel.basicReject(letter.getEnvelope().getDeliveryTag(), true);
                });
            }
        }
    }

    @Test
    void spreadsTheEventsOfAnOrderToOneQueueAndDeletesNoneThatHoldsSome() throws Exception {
        String url = elsewhere("spread");
        BrokerDefinitions.declare(url);
        QueueSpread spread = QueueSpread.of(url);
        assertThat(spread.towards(2).orElseThrow()).contains("payment_requests_2 has no consumer");
        publishTwice(url, 100);
        assertThat(taken(url, "payment_requests_2")).isEmpty();
        assertThat(taken(url, "payment_requests")).hasSize(200);

        spread.set(2);
        publishTwice(url, 100);
        List<String> second = taken(url, "payment_requests_2");
        assertThat(second).hasSizeBetween(50, 150);
        assertThat(new TreeSet<>(second)).hasSize(second.size() / 2);
        assertThat(taken(url, "payment_requests")).hasSize(200 - second.size()).doesNotContainAnyElementsOf(second);

        publishTwice(url, 100);
        assertThatThrownBy(() -> spread.set(1)).hasMessageContaining("payment_requests_2 is to go");
        assertThat(taken(url, "payment_requests_2")).isEqualTo(second);
        spread.set(1);
        spread.set(1);
        publishTwice(url, 1);
        assertThat(taken(url, "payment_requests")).hasSize(200 - second.size() + 2);
    }

    private static void publishTwice(String url, int orders) throws Exception {
        onChannel(url, channel -> {
            channel.confirmSelect();
            for (int i = 0; i < 2 * orders; i++) {
                BasicProperties ofAnOrder = new BasicProperties.Builder()
                        .correlationId("order " + i % orders)
                        .build();
                channel.basicPublish("payment_requests_exchange", "payment_requests", true, ofAnOrder, new byte[0]);
            }
            channel.waitForConfirmsOrDie(10_000);
        });
    }

    /** Takes all messages of the queue, and returns their correlation ids. */
    private static List<String> taken(String url, String queue) throws Exception {
        List<String> taken = new ArrayList<>();
        onChannel(url, channel -> {
            GetResponse message = channel.basicGet(queue, true);
            while (message != null) {
                taken.add(message.getProps().getCorrelationId());
                message = channel.basicGet(queue, true);
            }
        });
        return taken;
    }

    private static void onChannel(String url, Operation operation) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(url);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            operation.on(channel);
        }
    }

    /** A virtual host of its own. */
    private static String elsewhere(String name) {
        broker.control("add_vhost", name);
        broker.control("set_permissions", "--vhost", name, LocalBroker.OPERATOR, ".*", ".*", ".*");
        return broker.amqpUrl().replaceFirst("[^/]*$", name);
    }

    @Test
    void declaresTheSameOnABrokerThatIsNotOurs() throws Exception {
        String url = elsewhere("elsewhere");
        BrokerDefinitions.declare(url);
        BrokerDefinitions.declare(url);
        onChannel(url, channel -> {
            channel.confirmSelect();
            channel.basicPublish("payment_requests_exchange", "payment_requests", null, new byte[0]);
            channel.basicPublish("payment_requests_dead_letters", "payment_requests.dead", null, new byte[0]);
            channel.waitForConfirmsOrDie(10_000);
            assertThat(channel.basicGet("payment_requests", true)).isNotNull();
            assertThat(channel.basicGet("payment_requests.dead", true)).isNotNull();
        });
    }

    @Test
    void letsNobodyInWithAnotherPassword() throws Exception {
        for (String user : List.of("orders", "payments", "holdfast-local", "guest")) {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(broker.amqpUrl().replaceFirst("//[^@]*@", "//" + user + ":guest@"));
            assertThat(refusal(factory::newConnection)).isInstanceOf(AuthenticationFailureException.class);
        }
    }

    private static Set<String> permitted(String user, Function<String, Operation> operation) throws Exception {
        Set<String> permitted = new TreeSet<>();
        for (String queue : QUEUES) {
            String refusal = refusal(user, operation.apply(queue));
            if (refusal == null) {
                permitted.add(queue);
            } else {
                assertThat(refusal).as(queue).contains("ACCESS_REFUSED");
            }
        }
        return permitted;
    }

    interface Operation {
        void on(Channel channel) throws Exception;
    }

    interface Attempt {
        void run() throws Exception;
    }

    private static @Nullable Exception refusal(Attempt attempt) {
        try {
            attempt.run();
            return null;
        } catch (Exception e) {
            return e;
        }
    }

    /** Why the broker refuses it; null where it does not. */
    private static @Nullable String refusal(String user, Operation operation) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(url(user));
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            try {
                operation.on(channel);
                // Refusals of what has no answer of its own come before this one.
                channel.waitForConfirms(10_000);
                channel.basicQos(1);
                return null;
            } catch (IOException | ShutdownSignalException e) {
                ShutdownSignalException signal =
                        e instanceof ShutdownSignalException thrown ? thrown : (ShutdownSignalException) e.getCause();
                return ((AMQP.Channel.Close) signal.getReason()).getReplyText();
            }
        }
    }

    private static String url(String user) {
        return switch (user) {
            case "reader", "nobody" ->
                broker.amqpUrl().replaceFirst("//[^@]*@", "//" + user + ":" + user + "-password@");
            default -> broker.amqpUrl(user);
        };
    }
}
