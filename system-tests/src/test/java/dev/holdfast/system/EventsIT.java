package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that come twice, in the wrong order, too late, or broken. */
@SystemTest
class EventsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private final StackUnderTest stack;
    private final Shop shop;
    private Saga saga;

    EventsIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @BeforeEach
    void connect() throws Exception {
        saga = new Saga(stack);
    }

    @AfterEach
    void letEverythingThrough() throws Exception {
        saga.letThrough(Topology.PAYMENT_REQUESTS);
        saga.letThrough(Topology.PAYMENT_RESULTS);
        saga.close();
    }

    @Test
    void aRequestThatComesAgainIsNotChargedAgain() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        PaymentEvent request = saga.requestOf(order);

        for (int i = 0; i < 20; i++) {
            saga.publish(request);
            saga.publish(new PaymentRequested(UUID.randomUUID(), order, user, request.amount(), Instant.now()));
        }

        stack.quiescence().await(DEADLINE);
        assertThat(shop.order(user, order).text("status")).isEqualTo("FINISHED");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    @Test
    void aFinishedOrderStaysFinishedWhateverComesLater() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        PaymentEvent request = saga.requestOf(order);

        saga.publish(failed(request));
        saga.publish(new PaymentSucceeded(UUID.randomUUID(), order, user, request.amount(), Instant.now()));
        saga.publish(failed(request));

        stack.quiescence().await(DEADLINE);
        assertThat(shop.order(user, order).text("status")).isEqualTo("FINISHED");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    @Test
    void aRequestThatComesAfterTheOrderWasCancelledTakesNothing() throws Exception {
        saga.keepBack(Topology.PAYMENT_REQUESTS);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        await().atMost(DEADLINE).until(() -> saga.keptBack(order) == 1);

        saga.publish(failed(saga.requestOf(order)));
        shop.awaitStatus(user, order, "CANCELLED");
        shop.awaitAccount(user, "10.00", "0.00");
        saga.letThrough(Topology.PAYMENT_REQUESTS);

        stack.quiescence().await(DEADLINE);
        assertThat(shop.order(user, order).text("reason")).isEqualTo("insufficient_funds");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void aPaymentThatSucceedsAfterTheOrderWasCancelledIsRefundedOnce() throws Exception {
        saga.keepBack(Topology.PAYMENT_RESULTS);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        await().atMost(DEADLINE).until(() -> transfers(order, "CAPTURE") == 1);
        PaymentEvent request = saga.requestOf(order);

        // The money is taken, and order-service hears first that it was not: there is nothing left to release.
        saga.publish(failed(request));
        shop.awaitStatus(user, order, "CANCELLED");
        saga.letThrough(Topology.PAYMENT_RESULTS);

        await().atMost(DEADLINE).until(() -> transfers(order, "REFUND") == 1);
        saga.publish(new PaymentSucceeded(UUID.randomUUID(), order, user, request.amount(), Instant.now()));
        stack.quiescence().await(DEADLINE);
        assertThat(transfers(order, "REFUND")).isEqualTo(1);
        assertThat(shop.order(user, order).text("status")).isEqualTo("CANCELLED");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void poisonDelaysOnlyItselfAndBecomesADeadLetterWithItsReason() throws Exception {
        UUID user = shop.openAccount("20.00");
        List<UUID> orders = new ArrayList<>();
        UUID unknown = UUID.randomUUID();
        List<String> poison = List.of(
                "{not json",
                "{\"type\":\"payment_guessed\",\"order_id\":\"%s\",\"user_id\":\"%s\",\"amount\":1.00,\"occurred_at\":\"2026-01-01T00:00:00Z\"}"
                        .formatted(unknown, user),
                "{\"type\":\"payment_requested\",\"order_id\":\"%s\",\"amount\":1.00,\"occurred_at\":\"2026-01-01T00:00:00Z\"}"
                        .formatted(unknown));
        for (int i = 0; i < 20; i++) {
            for (String body : poison) {
                saga.publish(Topology.PAYMENT_REQUESTS, UUID.randomUUID().toString(), body);
                saga.publish(Topology.PAYMENT_RESULTS, UUID.randomUUID().toString(), body);
            }
            orders.add(shop.placeOrder(user, "1.00").expect(201).id());
        }
        saga.publish(new PaymentSucceeded(UUID.randomUUID(), unknown, user, new BigDecimal("1.00"), Instant.now()));

        orders.forEach(order -> shop.awaitStatus(user, order, "FINISHED"));
        List<String> requests = shop.discardDeadLetters("/admin/payments/dead-letters", 60);
        List<String> results = shop.discardDeadLetters("/admin/orders/dead-letters", 61);
        assertThat(Stream.concat(requests.stream(), results.stream())
                        .filter(reason -> reason.contains("unknown type 'payment_guessed'")))
                .hasSize(40);
        assertThat(Stream.concat(requests.stream(), results.stream())
                        .filter(reason -> reason.contains("missing field 'user_id'")))
                .hasSize(40);
        assertThat(results.stream().filter(reason -> reason.contains(unknown.toString())))
                .isNotEmpty();
    }

    @Test
    void aDeadLetterIsAppliedOnceThoughItIsReplayedTwiceAfterItsCauseWasMended() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        saga.publish(new PaymentSucceeded(UUID.randomUUID(), order, user, new BigDecimal("4.00"), Instant.now()));
        String deadLetters = "/admin/orders/dead-letters";
        await().atMost(DEADLINE)
                .until(() -> shop.get(deadLetters + "?order_id=" + order)
                                .expect(200)
                                .json()
                                .size()
                        == 1);
        String deadLetter = deadLetters + "/"
                + shop.get(deadLetters + "?order_id=" + order)
                        .json()
                        .path(0)
                        .path("id")
                        .asText();
        assertThat(shop.get(deadLetter).expect(200).text("reason")).isEqualTo("there is no order " + order);

        // Mended as an operator would: the charge that the result tells of, and the order that was lost.
        stack.paymentsDatabase().update("""
                insert into hold values ('%s', '%s', 4, 'CAPTURED', now(), now(), now());
                update account set balance = balance - 4 where user_id = '%s';
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at) values
                    ('%s', '00000000-0000-0000-0000-000000000002', 4, 'CAPTURE', '%s', now())
                """.formatted(order, user, user, user, order));
        stack.ordersDatabase().update("""
                insert into orders (id, user_id, amount, created_at, updated_at) values ('%s', '%s', 4, now(), now())
                """.formatted(order, user));
        shop.post(deadLetter + "/replay", "").expect(200);
        shop.post(deadLetter + "/replay", "", "X-Operator", "anna").expect(200);
        shop.awaitStatus(user, order, "FINISHED");
        stack.quiescence().await(DEADLINE);
        assertThat(shop.get(deadLetters + "/audit?dead_letter_id="
                                + shop.get(deadLetter).text("id"))
                        .expect(200)
                        .json()
                        .findValuesAsText("act"))
                .containsExactly("REPLAY", "REPLAY");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    private static PaymentFailed failed(PaymentEvent request) {
        return new PaymentFailed(
                UUID.randomUUID(),
                request.orderId(),
                request.userId(),
                request.amount(),
                Instant.now(),
                FailureReason.INSUFFICIENT_FUNDS);
    }

    private long transfers(UUID order, String kind) throws SQLException {
        return stack.paymentsDatabase()
                .count("select count(*) from transfer where order_id = ? and kind = ?", order, kind);
    }
}
