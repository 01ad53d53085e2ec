package dev.holdfast.payment.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionalException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class CaptureIT {
    @Inject
    CaptureLocks locks;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    /** Set by the test resource. */
    @SuppressWarnings("NullAway.Init")
    LocalBroker broker;

    @SuppressWarnings("NullAway.Init")
    private OrderSide orders;

    @BeforeEach
    void listen() throws Exception {
        orders = OrderSide.open();
    }

    @AfterEach
    void booksBalance() throws Exception {
        orders.close();
        bank.assertBooksBalance();
    }

    @Test
    void recordsNothingOutsideOfATransaction() {
        PaymentRequested request = OrderSide.request(UUID.randomUUID(), UUID.randomUUID(), "1");
        assertThatThrownBy(() -> locks.lock(List.of(request), false)).isInstanceOf(TransactionalException.class);
    }

    @Test
    void anAccountThatStaysLockedDelaysNoOtherCaptureAndIsCapturedAfterwards() throws Exception {
        List<PaymentRequested> stuck = requests(5);
        List<PaymentRequested> others = requests(20);
        List<PaymentEvent> mixed = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            mixed.add(others.get(i));
            if (i % 4 == 0) {
                mixed.add(stuck.get(i / 4));
            }
        }
        try (AutoCloseable locked = bank.lock(users(stuck))) {
            Instant start = Instant.now();
            orders.publish(mixed.toArray(PaymentEvent[]::new));
            for (PaymentRequested other : others) {
                assertThat(orders.outcome(other.orderId())).isEqualTo("succeeded");
            }
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(1));
            // While those that are stuck are tried again and again, later ones pass as well.
            for (PaymentRequested later : requests(10)) {
                start = Instant.now();
                orders.publish(later);
                assertThat(orders.outcome(later.orderId())).isEqualTo("succeeded");
                assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(700));
            }
            assertThat(stuck)
                    .allMatch(request -> orders.heard(request.orderId()).isEmpty());
        }
        for (PaymentRequested request : stuck) {
            assertThat(orders.outcome(request.orderId())).isEqualTo("succeeded");
            assertThat(bank.transfers(request.orderId(), "CAPTURE")).isEqualTo(1);
        }
    }

    @Test
    void leavesOutAndDoesNotRecordWhatIsLockedBySomebodyElse() throws Exception {
        PaymentRequested stuck = requests(1).getFirst();
        PaymentRequested free = requests(1).getFirst();
        PaymentRequested unknown = OrderSide.request(UUID.randomUUID(), UUID.randomUUID(), "1");
        try (AutoCloseable locked = bank.lock(List.of(stuck.userId()))) {
            Instant start = Instant.now();
            assertThat(captures.on(List.of(stuck, free, unknown))).containsExactly(stuck.eventId());
            assertThat(captures.on(List.of(stuck))).containsExactly(stuck.eventId());
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(500));
        }
        assertThat(bank.holdStatus(free.orderId())).isEqualTo("CAPTURED");
        assertThat(orders.outcome(unknown.orderId())).isEqualTo("hold_not_found");
        assertThat(captures.on(List.of(stuck, free))).isEmpty();
        assertThat(bank.holdStatus(stuck.orderId())).isEqualTo("CAPTURED");
    }

    @Test
    void leavesAHoldOfAStatusItDoesNotKnowToANewerVersion() throws Exception {
        PaymentRequested ofNewer = requests(1).getFirst();
        PaymentRequested other = requests(1).getFirst();
        try (AutoCloseable newer = bank.statusOfNewerVersion(ofNewer.orderId())) {
            assertThat(captures.on(List.of(ofNewer, other))).containsExactly(ofNewer.eventId());
            assertThat(bank.holdStatus(other.orderId())).isEqualTo("CAPTURED");
        }
        assertThat(captures.on(List.of(ofNewer))).isEmpty();
        assertThat(bank.holdStatus(ofNewer.orderId())).isEqualTo("CAPTURED");
    }

    private static List<UUID> users(List<PaymentRequested> requests) {
        return requests.stream().map(PaymentRequested::userId).toList();
    }

    /** Each of a user and a hold of its own. */
    private List<PaymentRequested> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    UUID user = bank.account("10");
                    return OrderSide.request(user, bank.held(user, "1"), "1");
                })
                .toList();
    }

    @Test
    void takesTheHeldMoneyAndSaysSo() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        PaymentRequested request = OrderSide.request(user, order, "30");
        orders.publish(request);
        PaymentEvent result = orders.results(order, 1).getFirst();
        assertThat(result).isInstanceOf(PaymentSucceeded.class);
        assertThat(result.userId()).isEqualTo(user);
        assertThat(result.amount()).isEqualByComparingTo("30");
        assertThat(result.eventId()).isNotEqualTo(request.eventId());
        assertThat(bank.holdStatus(order)).isEqualTo("CAPTURED");
        assertThat(bank.transfers(order, "CAPTURE")).isEqualTo(1);
        bank.assertMoney(user, "70.00", "0.00");
        assertThat(bank.hold(user, order, "30").jsonPath().getString("code")).isEqualTo("hold_captured");
        assertThat(bank.release(user, order).jsonPath().getString("code")).isEqualTo("hold_captured");
    }

    @Test
    void dropsTheSameEventTheSecondTime() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        PaymentRequested request = OrderSide.request(user, order, "30");
        orders.publish(request, request);
        orders.results(order, 1);
        orders.publish(request);
        settle(user);
        assertThat(orders.heard(order)).hasSize(1);
        bank.assertMoney(user, "70.00", "0.00");
    }

    @Test
    void confirmsARepeatedRequestWithoutASecondTransfer() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        orders.publish(OrderSide.request(user, order, "30"), OrderSide.request(user, order, "30"));
        orders.publish(OrderSide.request(user, order, "30.00"));
        assertThat(orders.results(order, 3)).hasSize(3).allMatch(PaymentSucceeded.class::isInstance);
        assertThat(bank.transfers(order, "CAPTURE")).isEqualTo(1);
        bank.assertMoney(user, "70.00", "0.00");
    }

    @Test
    void takesAnExpiredHoldAnewWhileThereIsMoney() throws Exception {
        UUID user = bank.account("30");
        UUID unswept = bank.held(user, "10");
        bank.expire(unswept);
        orders.publish(OrderSide.request(user, unswept, "10"));
        assertThat(orders.outcome(unswept)).isEqualTo("succeeded");

        UUID swept = bank.held(user, "10");
        bank.expire(swept);
        await().atMost(Duration.ofSeconds(6)).until(() -> bank.holdStatus(swept).equals("EXPIRED"));
        orders.publish(OrderSide.request(user, swept, "10"));
        assertThat(orders.outcome(swept)).isEqualTo("succeeded");
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void failsAnExpiredHoldWhoseMoneyWentElsewhere() throws Exception {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        bank.expire(order);
        bank.held(user, "1");
        orders.publish(OrderSide.request(user, order, "10"));
        assertThat(orders.outcome(order)).isEqualTo("insufficient_funds");
        bank.assertMoney(user, "10.00", "1.00");
    }

    @Test
    void usesTheRoomOfOtherExpiredHolds() throws Exception {
        UUID user = bank.account("10");
        UUID first = bank.held(user, "10");
        bank.expire(first);
        UUID second = bank.held(user, "10");
        assertThat(bank.holdStatus(first)).isEqualTo("EXPIRED");
        bank.expire(second);
        orders.publish(OrderSide.request(user, first, "10"));
        assertThat(orders.outcome(first)).isEqualTo("succeeded");
        orders.publish(OrderSide.request(user, second, "10"));
        assertThat(orders.outcome(second)).isEqualTo("insufficient_funds");
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void capturesAPartOnceAndFreesTheRestWithTheSameCommit() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        UUID whole = bank.held(user, "20");
        UUID expired = bank.held(user, "50");
        bank.expire(expired);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> bank.holdStatus(expired).equals("EXPIRED"));
        orders.publish(
                OrderSide.request(user, order, "12.5"),
                OrderSide.request(user, whole, "20"),
                OrderSide.request(user, expired, "10"));
        for (UUID captured : List.of(order, whole, expired)) {
            assertThat(orders.outcome(captured)).isEqualTo("succeeded");
        }
        bank.assertMoney(user, "57.50", "0.00");
        assertThat(bank.holdStatus(order)).isEqualTo("CAPTURED");
        // Again it is confirmed, and at another amount it is not what was captured.
        orders.publish(OrderSide.request(user, order, "12.50"));
        orders.publish(OrderSide.request(user, order, "30"));
        assertThat(orders.results(order, 3))
                .extracting(PaymentEvent::type)
                .containsExactly("payment_succeeded", "payment_succeeded", "payment_failed");
        assertThat(bank.hold(user, order, "30").jsonPath().getString("code")).isEqualTo("hold_captured");
        assertThat(bank.refund(user, order).jsonPath().getString("amount")).isEqualTo("12.5");
        bank.assertMoney(user, "70.00", "0.00");
        bank.assertBooksBalance();
    }

    @Test
    void failsWhatWasReleasedOrNeverHeldOrDoesNotMatch() throws Exception {
        UUID user = bank.account("100");
        UUID other = bank.account("100");
        UUID released = bank.held(user, "10");
        bank.release(user, released).then().statusCode(200);
        UUID unknown = UUID.randomUUID();
        UUID otherAmount = bank.held(user, "10");
        UUID otherUser = bank.held(user, "10");
        UUID noAccount = UUID.randomUUID();
        orders.publish(
                OrderSide.request(user, released, "10"),
                OrderSide.request(user, unknown, "10"),
                OrderSide.request(user, otherAmount, "10.01"),
                OrderSide.request(other, otherUser, "10"),
                OrderSide.request(UUID.randomUUID(), noAccount, "10"));
        assertThat(orders.outcome(released)).isEqualTo("hold_released");
        assertThat(orders.outcome(unknown)).isEqualTo("hold_not_found");
        assertThat(orders.outcome(otherAmount)).isEqualTo("hold_mismatch");
        assertThat(orders.outcome(otherUser)).isEqualTo("hold_mismatch");
        assertThat(orders.outcome(noAccount)).isEqualTo("hold_not_found");
        bank.assertMoney(user, "100.00", "20.00");
        bank.assertMoney(other, "100.00", "0.00");
    }

    @Test
    void appliesAThousandButOneAndKeepsThePoisonWithItsReason() throws Exception {
        List<UUID> users = List.of(bank.account("1000"), bank.account("1000"), bank.account("1000"));
        List<UUID> held = Parallel.run(999, i -> bank.held(users.get(i % 3), "1"));
        List<PaymentEvent> events = new ArrayList<>();
        for (int i = 0; i < 999; i++) {
            events.add(OrderSide.request(users.get(i % 3), held.get(i), "1"));
        }
        PaymentSucceeded poison = new PaymentSucceeded(
                UUID.randomUUID(), UUID.randomUUID(), users.getFirst(), BigDecimal.ONE, java.time.Instant.now());
        events.add(500, poison);
        orders.publish(events.toArray(PaymentEvent[]::new));
        for (UUID order : held) {
            orders.results(order, 1);
        }
        for (UUID user : users) {
            bank.assertMoney(user, "667.00", "0.00");
        }
        Map<String, String> deadLetters = orders.deadLetters(1);
        assertThat(deadLetters).containsOnlyKeys(poison.eventId().toString());
        assertThat(deadLetters.values()).first().asString().contains("payment_succeeded");
    }

    @Test
    void keepsWhatIsNoEventAsADeadLetter() throws Exception {
        orders.publish("broken", "{\"order_id\":");
        orders.publish("empty", "");
        orders.publish("strange", "{\"type\":\"payment_imagined\"}");
        Map<String, String> deadLetters = orders.deadLetters(3);
        assertThat(deadLetters).containsOnlyKeys("broken", "empty", "strange");
        assertThat(deadLetters.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());
    }

    @Test
    void capturesManyOrdersOfOneHotAccount() throws Exception {
        UUID user = bank.account("300");
        List<UUID> held = Parallel.run(300, i -> bank.held(user, "1"));
        orders.publish(
                held.stream().map(order -> OrderSide.request(user, order, "1")).toArray(PaymentEvent[]::new));
        for (UUID order : held) {
            assertThat(orders.outcome(order)).isEqualTo("succeeded");
        }
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void appliesOnceWhatIsDeliveredAgainAfterItsCommit() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        PaymentRequested request = OrderSide.request(user, order, "30");
        // The commit of a consumer that dies before it acknowledges, and then the broker's next delivery.
        captures.on(List.of(request));
        orders.publish(request);
        orders.results(order, 1);
        settle(user);
        assertThat(orders.heard(order)).hasSize(1);
        assertThat(bank.transfers(order, "CAPTURE")).isEqualTo(1);
    }

    @Test
    void appliesEachOnceWhenTheBrokerGoesAwayMeanwhile() throws Exception {
        UUID user = bank.account("400");
        List<UUID> held = Parallel.run(400, i -> bank.held(user, "1"));
        orders.publish(
                held.stream().map(order -> OrderSide.request(user, order, "1")).toArray(PaymentEvent[]::new));
        broker.stop();
        broker.start();
        orders = OrderSide.open();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> bank.assertMoney(user, "0.00", "0.00"));
        assertThat(held).allMatch(order -> bank.transfers(order, "CAPTURE") == 1);
    }

    /** Waits until everything published before has been applied. */
    private void settle(UUID user) throws Exception {
        UUID last = UUID.randomUUID();
        orders.publish(OrderSide.request(user, last, "1"));
        orders.results(last, 1);
    }
}
