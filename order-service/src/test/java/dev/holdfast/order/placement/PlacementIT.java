package dev.holdfast.order.placement;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Placing orders: what is stored, what is refused, and what is asked of payments. */
@QuarkusTest
class PlacementIT extends PlacementTesting {
    @Inject
    Orders orders;

    @Test
    void holdsTheMoneyAndStoresTheOrderWithItsPaymentRequest() {
        UUID user = payments.openAccount("100");
        Response created = place(user, KETTLE, null);
        UUID order = id(created);
        created.then()
                .header("Location", "/orders/" + order + "?user_id=" + user)
                .header("Idempotency-Replayed", nullValue())
                .body("user_id", equalTo(user.toString()))
                .body("description", equalTo("A kettle ☕"))
                .body("status", equalTo("NEW"))
                .body("reason", nullValue())
                .body("created_at", notNullValue());
        assertThat(created.asString()).contains("\"amount\":19.90,");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(status(order)).isEqualTo("NEW");
        assertThat(query("select type from outbox where order_id = ?", order)).isEqualTo("payment_requested");
        await().untilAsserted(
                        () -> assertThat(query("select sent_at is not null from outbox where order_id = ?", order))
                                .isEqualTo("t"));
        assertThat(given().get(created.header("Location")).asString()).isEqualTo(created.asString());
    }

    @Test
    void letsThePaymentGoOnWithTheTraceOfItsRequest() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        UUID user = payments.openAccount("100");
        UUID order = id(given().queryParam("user_id", user)
                .contentType(ContentType.JSON)
                .header("traceparent", trace)
                .body(KETTLE)
                .post("/orders"));
        assertThat(query("select traceparent from outbox where order_id = ?", order))
                .isEqualTo(trace);
        given().queryParam("user_id", user)
                .header("traceparent", trace)
                .get("/orders/" + UUID.randomUUID())
                .then()
                .statusCode(404)
                .body("trace_id", equalTo("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    @Test
    void passesOnThatTheMoneyIsNotThere() {
        UUID user = payments.openAccount("19.89");
        place(user, KETTLE, null).then().statusCode(402).body("code", equalTo("insufficient_funds"));
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("0");
    }

    @Test
    void passesOnThatThereIsNoAccount() {
        place(UUID.randomUUID(), KETTLE, null).then().statusCode(404).body("code", equalTo("account_not_found"));
    }

    @ParameterizedTest
    @CsvSource({"account_frozen, account_frozen", "account_closed, account_closed", "of_a_newer_version, hold_refused"})
    void passesOnThatNothingCanBeOrderedFromTheAccount(String refusal, String code) {
        UUID user = payments.openAccount("100");
        payments.refuse(user, refusal);
        place(user, KETTLE, null).then().statusCode(409).body("code", equalTo(code));
        place(user, KETTLE, "key").then().statusCode(409).body("code", equalTo(code));
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("0");
    }

    @Test
    void asksToComeBackWhilePaymentsIsAway() {
        UUID user = payments.openAccount("100");
        payments.goAway();
        assertUnavailable(place(user, KETTLE, null));
        payments.comeBack();
        assertThat(payments.holdsOf(user)).isEmpty();
        await().untilAsserted(() -> place(user, KETTLE, null).then().statusCode(201));
    }

    @Test
    void asksToComeBackWhilePaymentsFails() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/internal/holds", Behaviour.FAIL_BEFORE_PROCESSING);
        assertUnavailable(place(user, KETTLE, null));
        assertThat(payments.holdsOf(user)).isEmpty();
    }

    @Test
    void leavesPaymentsAloneWhileItFailsAndComesBackByItself() {
        UUID user = payments.openAccount("100");
        payments.goAway();
        for (int i = 0; i < 25; i++) {
            assertUnavailable(place(user, KETTLE, null));
        }
        payments.comeBack();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> place(user, KETTLE, null).then().statusCode(201));
    }

    @Test
    void thoseThatCannotBePlacedDisturbNoneThatComeWithThem() throws Exception {
        UUID rich = payments.openAccount("1000");
        UUID poor = payments.openAccount("10");
        List<UUID> users = List.of(rich, poor, UUID.randomUUID());
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(40)) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                UUID user = users.get(i % 3);
                running.add(clients.submit(() -> place(user, KETTLE, null).statusCode()));
            }
            for (Future<Integer> each : running) {
                statuses.add(each.get());
            }
        }
        for (int i = 0; i < 150; i++) {
            assertThat(statuses.get(i)).isEqualTo(List.of(201, 402, 404).get(i % 3));
        }
        assertThat(payments.holdsOf(rich)).hasSize(50);
        assertThat(payments.available(rich)).isEqualByComparingTo("5");
        assertThat(query("select count(*) from orders where user_id = ?", rich)).isEqualTo("50");
        assertThat(payments.batchCalls())
                .as("calls that took more than one hold")
                .isPositive();
    }

    @Test
    void aRefusalCostsNoCallOfItsOwn() throws Exception {
        nothingIsLeftToGiveBack();
        UUID poor = payments.openAccount("10");
        int before = payments.singleCalls();
        assertThat(statuses(40, i -> place(i % 2 == 0 ? poor : UUID.randomUUID(), KETTLE, i % 3 == 0 ? "k" + i : null)))
                .containsOnly(402, 404);
        assertThat(payments.singleCalls()).isEqualTo(before);
    }

    @Test
    void anOrderOnALockedAccountDelaysNobodyElseAndIsPlacedOnceItIsFree() throws Exception {
        nothingIsLeftToGiveBack();
        UUID locked = payments.openAccount("1000");
        payments.lock(locked, true);
        int before = payments.singleCalls();
        UUID id = first(new OrderRequest(locked, new BigDecimal("19.90"), null, "my-key"));
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Response> waiting = client.submit(() -> place(locked, KETTLE, "my-key"));
            await().until(() -> !payments.calls(id).isEmpty());
            placed(payments.openAccount("1000"), "1");
            assertThat(waiting).isNotDone();
            payments.lock(locked, false);
            assertThat(id(waiting.get())).isEqualTo(id);
        }
        assertThat(payments.singleCalls()).isEqualTo(before);
    }

    @Test
    void anAccountThatStaysLockedIsAnsweredAsOverloadAndNothingIsReserved() {
        UUID locked = payments.openAccount("1000");
        payments.lock(locked, true);
        place(locked, KETTLE, null)
                .then()
                .statusCode(503)
                .header("Retry-After", matchesPattern("[1-9]\\d*"))
                .body("code", equalTo("overloaded"));
        payments.lock(locked, false);
        assertThat(payments.holdsOf(locked)).isEmpty();
    }

    @Test
    void copiesOfOneKeyOnALockedAccountAskForItsHoldLikeOne() throws Exception {
        UUID locked = payments.openAccount("1000");
        payments.lock(locked, true);
        assertThat(statuses(30, i -> place(locked, KETTLE, "copies"))).containsOnly(503);
        payments.lock(locked, false);
        // Every 20 ms for two seconds.
        UUID id = first(new OrderRequest(locked, new BigDecimal("19.90"), null, "copies"));
        assertThat(payments.calls(id)).hasSizeBetween(2, 200);
    }

    /** This machine's clock is seven minutes ahead in these tests. */
    @Test
    void stampsOrdersWithTheTimeOfTheDatabase() {
        UUID order = placed(payments.openAccount("100"), "1");
        assertThat(query("select abs(extract(epoch from now() - created_at)) < 5 from orders where id = ?", order))
                .isEqualTo("t");
    }
}
