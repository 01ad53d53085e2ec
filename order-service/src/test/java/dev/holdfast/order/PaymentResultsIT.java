package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.result.PaymentResults;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PaymentResultsIT extends OrderServiceTesting {
    private static final BigDecimal PRICE = new BigDecimal("10.00");

    LocalBroker localBroker;

    @Inject
    PaymentResults results;

    private TestBroker broker;
    private UUID user;
    private UUID order;

    @BeforeEach
    void placeAnOrder() throws Exception {
        broker = new TestBroker(localBroker);
        user = payments.openAccount("10");
        order = eventually()
                .until(() -> place(user, "{\"amount\":10}", null), answer -> answer.statusCode() == 201)
                .path("id")
                .toString()
                .transform(UUID::fromString);
    }

    @AfterEach
    void close() throws Exception {
        broker.close();
    }

    @Test
    void theRequestOfAnOrderIsOnTheBroker() {
        List<PaymentEvent> requests = new ArrayList<>();
        eventually().until(() -> {
            PaymentEvent next = broker.takeRequest();
            if (next != null) {
                requests.add(next);
            }
            return next != null && next.orderId().equals(order);
        });
        PaymentEvent request = requests.getLast();
        assertThat(request).isInstanceOf(PaymentRequested.class);
        assertThat(request.userId()).isEqualTo(user);
        assertThat(request.amount()).isEqualTo(PRICE);
        assertThat(request.eventId().toString())
                .isEqualTo(query("select event_id from outbox where order_id = ?", order));
    }

    @Test
    void aPaymentFinishesTheOrder() throws Exception {
        payments.capture(order);
        broker.publish(List.of(succeeded()));
        awaitStatus("FINISHED");
        assertThat(query("select type from order_event where order_id = ?", order))
                .isEqualTo("FINISHED");
        assertThat(query("select updated_at > created_at from orders where id = ?", order))
                .isEqualTo("t");
        assertThat(compensations()).isZero();
    }

    @Test
    void aFailureCancelsTheOrderAndReleasesItsHold() throws Exception {
        broker.publish(List.of(failed()));
        awaitStatus("CANCELLED");
        assertThat(query("select reason from orders where id = ?", order)).isEqualTo("insufficient_funds");
        awaitHistory("CANCELLED,RELEASED");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
        assertThat(payments.available(user)).isEqualByComparingTo("10");
    }

    @Test
    void theHoldIsReleasedAfterPaymentsCameBack() throws Exception {
        payments.goAway();
        broker.publish(List.of(failed()));
        awaitStatus("CANCELLED");
        eventually()
                .until(() -> Integer.parseInt(
                                String.valueOf(query("select attempts from compensation where order_id = ?", order)))
                        >= 2);
        assertThat(query("select done_at from compensation where order_id = ?", order))
                .isNull();
        assertThat(query("select last_error from compensation where order_id = ?", order))
                .startsWith("payments did not answer");
        payments.comeBack();
        awaitHistory("CANCELLED,RELEASED");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
    }

    @Test
    void theHoldIsReleasedOnceThoughItsAnswersAreLost() throws Exception {
        payments.misbehave("/releases", Behaviour.DROP_THE_ANSWER);
        broker.publish(List.of(failed()));
        eventually().until(() -> payments.holdStatus(order) == HoldStatus.RELEASED);
        payments.behave();
        awaitHistory("CANCELLED,RELEASED");
        assertThat(payments.available(user)).isEqualByComparingTo("10");
        assertThat(payments.calls(order))
                .filteredOn(call -> call.contains("/release"))
                .hasSizeGreaterThan(1);
    }

    @Test
    void aReleaseIsDoneWhenThereIsNoSuchHold() throws Exception {
        UUID unheld = insertOrders(1).getFirst();
        broker.publish(List.of(new PaymentFailed(
                UUID.randomUUID(), unheld, user, PRICE, Instant.now(), FailureReason.HOLD_NOT_FOUND)));
        order = unheld;
        awaitHistory("CANCELLED,RELEASED");
    }

    @Test
    void aPaymentAfterTheFailureIsRefundedOnce() throws Exception {
        payments.capture(order);
        broker.publish(List.of(failed()));
        awaitStatus("CANCELLED");
        broker.publish(List.of(succeeded(), succeeded()));
        awaitHistory("CANCELLED,REFUNDED,RELEASED");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.REFUNDED);
        assertThat(payments.available(user)).isEqualByComparingTo("10");
        broker.publish(List.of(succeeded()));
        afterAllResults();
        assertThat(status(order)).isEqualTo("CANCELLED");
        assertThat(compensations()).isEqualTo(2);
        assertThat(payments.calls(order))
                .filteredOn(call -> call.startsWith("/internal/refunds"))
                .hasSize(1);
    }

    @Test
    void aFailureAfterThePaymentChangesNothing() throws Exception {
        payments.capture(order);
        broker.publish(List.of(succeeded()));
        awaitStatus("FINISHED");
        broker.publish(List.of(failed()));
        afterAllResults();
        assertThat(status(order)).isEqualTo("FINISHED");
        assertThat(compensations()).isZero();
    }

    @Test
    void aResultThatComesTwiceIsAppliedOnce() throws Exception {
        PaymentEvent result = failed();
        broker.publish(List.of(result, result));
        awaitHistory("CANCELLED,RELEASED");
        broker.publish(List.of(result));
        afterAllResults();
        assertThat(query("select count(*) from inbox where event_id = ?", result.eventId()))
                .isEqualTo("1");
        assertThat(compensations()).isEqualTo(1);
    }

    @Test
    void aResultThatWasCommittedButNotAcknowledgedIsAppliedOnce() throws Exception {
        PaymentEvent result = succeeded();
        results.on(List.of(result));
        assertThat(status(order)).isEqualTo("FINISHED");
        String finishedAt = query("select updated_at from orders where id = ?", order);
        broker.publish(List.of(result));
        afterAllResults();
        assertThat(query("select updated_at from orders where id = ?", order)).isEqualTo(finishedAt);
        assertThat(query("select count(*) from order_event where order_id = ?", order))
                .isEqualTo("1");
    }

    @Test
    void anOrderThatStaysLockedDelaysNoOtherAndEndsAfterwards() throws Exception {
        UUID otherUser = payments.openAccount("10");
        UUID other = placed(otherUser, "10");
        PaymentEvent stuck = succeeded();
        PaymentEvent free = new PaymentSucceeded(UUID.randomUUID(), other, otherUser, PRICE, Instant.now());
        try (Connection somebody = database.getConnection();
                Statement lock = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            lock.execute("select 1 from orders where id = '" + order + "' for update");
            Instant start = Instant.now();
            assertThat(results.on(List.of(stuck, free))).containsExactly(stuck.eventId());
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(500));
            assertThat(status(other)).isEqualTo("FINISHED");
            broker.publish(List.of(stuck));
            somebody.rollback();
        }
        awaitStatus("FINISHED");
    }

    @Test
    void aResultIsLeftToTheVersionThatKnowsTheStatusOfItsOrder() throws Exception {
        isUpdatedToANewerVersion(true);
        try {
            setStatus(order, "SUSPENDED");
            PaymentEvent result = succeeded();
            assertThat(results.on(List.of(result))).containsExactly(result.eventId());
            assertThat(query("select count(*) from inbox where event_id = ?", result.eventId()))
                    .isEqualTo("0");
            setStatus(order, "NEW");
            assertThat(results.on(List.of(result))).isEmpty();
            awaitStatus("FINISHED");
        } finally {
            isUpdatedToANewerVersion(false);
        }
    }

    @Test
    void poisonBecomesDeadLettersWithItsReasonWhileAllOthersAreApplied() throws Exception {
        List<UUID> orders = insertOrders(999);
        List<PaymentEvent> batch = new ArrayList<>();
        orders.forEach(id -> batch.add(new PaymentSucceeded(UUID.randomUUID(), id, user, PRICE, Instant.now())));
        UUID unknown = UUID.randomUUID();
        batch.add(500, new PaymentSucceeded(UUID.randomUUID(), unknown, user, PRICE, Instant.now()));
        broker.publish("{broken");
        broker.publish(batch);
        broker.publish(List.of(
                new PaymentSucceeded(UUID.randomUUID(), order, user, new BigDecimal("9.99"), Instant.now()),
                new PaymentSucceeded(UUID.randomUUID(), order, UUID.randomUUID(), PRICE, Instant.now())));
        eventually()
                .until(() -> "999"
                        .equals(query("select count(*) from orders where user_id = ? and status = 'FINISHED'", user)));
        eventually()
                .untilAsserted(() -> assertThat(deadLetters("limit=200").getList("reason", String.class))
                        .anyMatch(reason -> reason.startsWith("not a payment event in JSON"))
                        .contains("there is no order " + unknown)
                        .contains("order " + order + " is of 10.00, not of 9.99")
                        .anyMatch(reason -> reason.startsWith("order " + order + " is not of user")));
        assertThat(status(order)).isEqualTo("NEW");
    }

    @Test
    void aDeadLetterIsAppliedOnceThoughItIsReplayedTwiceAfterItsCauseWasMended() throws Exception {
        UUID missing = UUID.randomUUID();
        broker.publish(List.of(new PaymentSucceeded(UUID.randomUUID(), missing, user, PRICE, Instant.now())));
        eventually().until(() -> deadLetters("order_id=" + missing).getList("").size() == 1);
        String letter = deadLetters("order_id=" + missing).getString("[0].id");
        insertOrder(missing);

        for (int i = 0; i < 2; i++) {
            given().post("/admin/orders/dead-letters/" + letter + "/replay")
                    .then()
                    .statusCode(200);
        }

        eventually().untilAsserted(() -> assertThat(status(missing)).isEqualTo("FINISHED"));
        String finishedAt = query("select updated_at from orders where id = ?", missing);
        afterAllResults();
        assertThat(query("select updated_at from orders where id = ?", missing)).isEqualTo(finishedAt);
        assertThat(query("select count(*) from order_event where order_id = ?", missing))
                .isEqualTo("1");
        assertThat(given().get("/admin/orders/dead-letters/audit?dead_letter_id=" + letter)
                        .jsonPath()
                        .getList("act"))
                .containsExactly("REPLAY", "REPLAY");
        assertThat(deadLetters("order_id=" + missing).getString("[0].status")).isEqualTo("REPLAYED");
    }

    private static JsonPath deadLetters(String query) {
        return given().get("/admin/orders/dead-letters?" + query)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void insertOrder(UUID id) {
        query(
                "insert into orders (id, user_id, amount, created_at, updated_at) values (?, ?, ?, now(), now())",
                id,
                user,
                PRICE);
    }

    @Test
    void theDatabaseItselfKeepsTerminalOrdersAndHistory() {
        results.on(List.of(succeeded()));
        assertThatThrownBy(() ->
                        query("update orders set status = 'CANCELLED', reason = 'hold_released' where id = ?", order))
                .rootCause()
                .hasMessageContaining("order " + order + " is FINISHED and stays so");
        for (String forbidden : List.of(
                "update orders set amount = 1 where id = ?",
                "delete from orders where id = ?",
                "update order_event set type = 'CANCELLED' where order_id = ?",
                "delete from order_event where order_id = ?")) {
            assertThatThrownBy(() -> query(forbidden, order)).rootCause().hasMessageContaining("permission denied");
        }
    }

    private PaymentEvent succeeded() {
        return new PaymentSucceeded(UUID.randomUUID(), order, user, PRICE, Instant.now());
    }

    private PaymentEvent failed() {
        return new PaymentFailed(
                UUID.randomUUID(), order, user, PRICE, Instant.now(), FailureReason.INSUFFICIENT_FUNDS);
    }

    private List<UUID> insertOrders(int count) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(UUID.randomUUID());
        }
        query("""
                insert into orders (id, user_id, amount, created_at, updated_at)
                select id, ?, ?, now(), now() from unnest(?::uuid[]) as id
                """, user, PRICE, ids.toArray(UUID[]::new));
        return ids;
    }

    /** A result that was published now is applied after all before it; when it shows, those were looked at. */
    private void afterAllResults() throws Exception {
        UUID last = insertOrders(1).getFirst();
        broker.publish(List.of(new PaymentSucceeded(UUID.randomUUID(), last, user, PRICE, Instant.now())));
        eventually().until(() -> "FINISHED".equals(status(last)));
    }

    private void awaitStatus(String status) {
        eventually().untilAsserted(() -> assertThat(status(order)).isEqualTo(status));
    }

    private void awaitHistory(String types) {
        eventually()
                .untilAsserted(() -> assertThat(query(
                                "select string_agg(type, ',' order by type) from order_event where order_id = ?",
                                order))
                        .isEqualTo(types));
    }

    private int compensations() {
        return Integer.parseInt(String.valueOf(query("select count(*) from compensation where order_id = ?", order)));
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }
}
