package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.localstack.LocalBroker;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each event, forged with each password of the broker, in each way that there is to publish it: none of them moves money. */
@SystemTest
class ForgedEventsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final BigDecimal PRICE = new BigDecimal("4.00");
    /** Who may read all and write nothing, and who may do nothing at all. */
    private static final List<String> THIRD_PARTIES = List.of("reader", "nobody");

    private static final List<String> EXCHANGES = Stream.concat(
                    Stream.of("", "amq.direct", Topology.DEAD_LETTER_EXCHANGE),
                    Topology.QUEUES.stream()
                            .flatMap(queue -> Stream.of(Topology.exchange(queue), Topology.deadLetterExchange(queue))))
            .toList();
    private static final List<String> DESTINATIONS = Topology.QUEUES.stream()
            .flatMap(queue -> Stream.of(queue, Topology.deadLetterQueue(queue)))
            .toList();

    private final StackUnderTest stack;
    private final Shop shop;
    private final Map<String, Connection> connections = new HashMap<>();

    ForgedEventsIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    /** @param claimed the sender that the message names */
    private record Forgery(
            String user,
            String exchange,
            String destination,
            PaymentEvent event,
            @Nullable String claimed) {
        /** What the user is there to send, so that it is no forgery. */
        boolean isGenuine() {
            return exchange.equals(Topology.exchange(event.destination()))
                    && destination.equals(event.destination())
                    && user.equals(sender(event.destination()))
                    && user.equals(claimed);
        }
    }

    private enum Outcome {
        REFUSED,
        UNROUTED,
        TAKEN
    }

    @AfterEach
    void disconnect() throws IOException {
        for (Connection connection : connections.values()) {
            connection.close();
        }
    }

    @Test
    void noneMovesMoneyAtOnceOrByAReplay() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = orderThatNobodyAsksToPay(user);
        addThirdParties();
        List<UUID> taken = new ArrayList<>();
        int refused = 0;
        int unrouted = 0;
        for (Forgery forgery : forgeries(user, order)) {
            switch (outcome(forgery)) {
                case REFUSED -> refused++;
                case UNROUTED -> unrouted++;
                case TAKEN -> taken.add(forgery.event().eventId());
            }
        }
        System.out.printf(
                "Forged events: %d refused by the broker, %d routed nowhere, %d became dead letters%n",
                refused, unrouted, taken.size());

        assertThat(taken).isNotEmpty();
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(deadLetters(taken)).isEqualTo(taken.size()));
        for (String service : List.of("orders", "payments")) {
            replayAll("/admin/" + service + "/dead-letters");
        }
        assertThat(shop.order(user, order).text("status")).isEqualTo("NEW");
        shop.awaitAccount(user, "10.00", "4.00");

        int orders = shop.get("/admin/orders/dead-letters?status=WAITING&limit=200")
                .json()
                .size();
        shop.discardDeadLetters("/admin/orders/dead-letters", orders);
        shop.discardDeadLetters("/admin/payments/dead-letters", taken.size() - orders);
        try (Saga saga = new Saga(stack)) {
            saga.publish(new PaymentRequested(UUID.randomUUID(), order, user, PRICE, Instant.now()));
        }
        shop.awaitStatus(user, order, "FINISHED");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    @Test
    void nobodyGetsInWithAnotherPassword() {
        for (String user : List.of(Topology.ORDERS_USER, Topology.PAYMENTS_USER, LocalBroker.OPERATOR, "guest")) {
            String url = stack.amqpUrl().replaceFirst("//[^@]*@", "//" + user + ":guest@");
            assertThatThrownBy(() -> new BrokerQueues(url, 1).connect())
                    .isInstanceOf(AuthenticationFailureException.class);
        }
    }

    private List<Forgery> forgeries(UUID user, UUID order) {
        List<Forgery> forgeries = new ArrayList<>();
        for (String credential : Stream.concat(
                        Stream.of(Topology.ORDERS_USER, Topology.PAYMENTS_USER), THIRD_PARTIES.stream())
                .toList()) {
            List<@Nullable String> claims = new ArrayList<>(
                    List.of(credential, Topology.ORDERS_USER, Topology.PAYMENTS_USER, LocalBroker.OPERATOR));
            claims.add(null);
            for (String exchange : EXCHANGES) {
                for (String destination : DESTINATIONS) {
                    for (String claimed : claims.stream().distinct().toList()) {
                        for (PaymentEvent event : events(user, order)) {
                            forgeries.add(new Forgery(credential, exchange, destination, event, claimed));
                        }
                    }
                }
            }
        }
        return forgeries.stream().filter(forgery -> !forgery.isGenuine()).toList();
    }

    private static List<PaymentEvent> events(UUID user, UUID order) {
        Instant now = Instant.now();
        return List.of(
                new PaymentRequested(UUID.randomUUID(), order, user, PRICE, now),
                new PaymentSucceeded(UUID.randomUUID(), order, user, PRICE, now),
                new PaymentFailed(UUID.randomUUID(), order, user, PRICE, now, FailureReason.HOLD_RELEASED));
    }

    private Outcome outcome(Forgery forgery) throws Exception {
        Connection connection = connections.get(forgery.user());
        if (connection == null) {
            connection = new BrokerQueues(url(forgery.user()), 1).connect();
            connections.put(forgery.user(), connection);
        }
        Channel channel = connection.createChannel();
        AtomicBoolean returned = new AtomicBoolean();
        channel.addReturnListener(message -> returned.set(true));
        channel.confirmSelect();
        BasicProperties properties = new BasicProperties.Builder()
                .messageId(forgery.event().eventId().toString())
                .userId(forgery.claimed())
                .deliveryMode(2)
                .build();
        try {
            channel.basicPublish(
                    forgery.exchange(),
                    forgery.destination(),
                    true,
                    properties,
                    PaymentEventJson.write(forgery.event()));
            channel.waitForConfirmsOrDie(10_000);
        } catch (IOException | ShutdownSignalException e) {
            assertThat(channel.getCloseReason().getMessage()).containsAnyOf("ACCESS_REFUSED", "PRECONDITION_FAILED");
            return Outcome.REFUSED;
        }
        channel.close();
        return returned.get() ? Outcome.UNROUTED : Outcome.TAKEN;
    }

    private long deadLetters(List<UUID> events) throws Exception {
        String[] ids = events.stream().map(UUID::toString).toArray(String[]::new);
        String count = "select count(*) from dead_letter where message_id = any (?) and reason <> ''";
        return stack.ordersDatabase().count(count, (Object) ids)
                + stack.paymentsDatabase().count(count, (Object) ids);
    }

    /** One that the right service has sent, to the wrong queue, fails again; all others are refused. */
    private void replayAll(String deadLetters) {
        for (JsonNode each :
                shop.get(deadLetters + "?status=WAITING&limit=200").expect(200).json()) {
            Answer answer = shop.post(deadLetters + "/" + each.path("id").asText() + "/replay", "");
            if (each.path("reason").asText().matches(".* is no (request to capture|result of a payment)")) {
                assertThat(answer.expect(200).text("status")).isEqualTo("WAITING");
            } else {
                answer.expectProblem(409, "dead_letter_wrong_sender");
            }
        }
    }

    /** It has a hold, and no request is under way. */
    private UUID orderThatNobodyAsksToPay(UUID user) throws Exception {
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "4.00", 3_600).expect(200);
        // As if order-service had asked for it: from what a client reserves for itself no order is paid.
        stack.paymentsDatabase().update("update hold set taken_by = 'ORDERS' where order_id = '" + order + "'");
        stack.ordersDatabase().update("""
                insert into orders (id, user_id, amount, created_at, updated_at) values ('%s', '%s', 4, now(), now())
                """.formatted(order, user));
        return order;
    }

    private void addThirdParties() {
        for (String user : THIRD_PARTIES) {
            stack.brokerProcess().control("add_user", user, password(user));
            String read = user.equals("reader") ? ".*" : "^$";
            stack.brokerProcess().control("set_permissions", "--vhost", "holdfast-local", user, "^$", "^$", read);
        }
    }

    private String url(String user) {
        return THIRD_PARTIES.contains(user)
                ? stack.amqpUrl().replaceFirst("//[^@]*@", "//" + user + ":" + password(user) + "@")
                : stack.brokerProcess().amqpUrl(user);
    }

    private static String password(String user) {
        return "of-" + user;
    }

    private static String sender(String queue) {
        return queue.equals(Topology.PAYMENT_REQUESTS) ? Topology.ORDERS_USER : Topology.PAYMENTS_USER;
    }
}
