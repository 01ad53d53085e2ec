package dev.holdfast.system;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Events that are lost, foreign, or do not get through. */
final class EventFaults {
    private static final String PAYMENTS_DEAD_LETTERS = "/admin/payments/dead-letters";

    private final StackUnderTest stack;
    private final Shop shop;

    EventFaults(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    AlertFault foreignMessage() {
        return new AlertFault(
                "the broker's operator publishes a request for payment",
                List.of("HoldfastWrongSender", "HoldfastDeadLettersWaiting"),
                () -> {
                    publish(Topology.exchange(Topology.PAYMENT_REQUESTS), Topology.PAYMENT_REQUESTS, "forged");
                    return () -> shop.discardDeadLetters(PAYMENTS_DEAD_LETTERS, 1);
                });
    }

    /** It is cancelled then, as its hold was released. */
    AlertFault orderWithoutEvent() {
        return new AlertFault(
                "an order is NEW for ten minutes, and its request for payment is lost",
                List.of("HoldfastOrdersAskedAgain"),
                () -> {
                    UUID user = shop.openAccount("1.00");
                    UUID order = UUID.randomUUID();
                    shop.hold(user, order, "1.00").expect(200);
                    shop.release(user, order).expect(200);
                    stack.paymentsDatabase().update("update hold set taken_by = 'ORDERS' where order_id = ?", order);
                    stack.ordersDatabase().update("""
                            insert into orders (id, user_id, amount, created_at, updated_at)
                            values (?, ?, 1, now() - interval '10 minutes', now() - interval '10 minutes')
                            """, order, user);
                    return () -> {};
                });
    }

    AlertFault unstorableDeadLetter() {
        return new AlertFault(
                "a dead letter that the table of payments does not take",
                List.of("HoldfastDeadLettersStuck", "HoldfastDeadLettersNotMoved"),
                () -> {
                    Database owner = stack.asOwner(stack.paymentsDatabase());
                    owner.update(
                            "alter table dead_letter add constraint unstorable check (message_id <> 'unstorable')");
                    publish("", Topology.deadLetterQueue(Topology.PAYMENT_REQUESTS), "unstorable");
                    return () -> owner.update("alter table dead_letter drop constraint unstorable");
                });
    }

    AlertFault deletedQueue() {
        return new AlertFault(
                "the queue payment_results is deleted, and an order is placed",
                List.of("HoldfastConsumerDisconnected", "HoldfastEventsRefused", "HoldfastOutboxStalled"),
                () -> {
                    UUID user = shop.openAccount("10.00");
                    try (Connection connection = stack.broker().connect();
                            Channel channel = connection.createChannel()) {
                        channel.queueDelete(Topology.PAYMENT_RESULTS);
                    }
                    shop.placeOrder(user, "1.00").expect(201);
                    return stack.brokerProcess()::loadDefinitions;
                });
    }

    AlertFault memoryAlarm() {
        return new AlertFault("RabbitMQ has no memory left", List.of("HoldfastBrokerAlarm"), () -> {
            stack.brokerProcess().control("set_vm_memory_high_watermark", "0.000001");
            return () -> stack.brokerProcess().control("set_vm_memory_high_watermark", "0.4");
        });
    }

    /** As the operator, who may write everywhere and whose messages no service takes. */
    private void publish(String exchange, String routingKey, String messageId) throws Exception {
        try (Connection connection = stack.broker().connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(
                    exchange,
                    routingKey,
                    new BasicProperties.Builder()
                            .messageId(messageId)
                            .deliveryMode(2)
                            .build(),
                    "{}".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }
}
