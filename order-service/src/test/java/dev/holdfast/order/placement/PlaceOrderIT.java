package dev.holdfast.order.placement;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.testing.ReadOnly;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.OrderServiceTesting;
import dev.holdfast.order.Orders;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusTest
class PlaceOrderIT extends OrderServiceTesting {
    @Inject
    OrderIds ids;

    @Inject
    OrderIdSecrets secrets;

    @Inject
    Orders orders;

    @Inject
    GivenUpOrders givenUpOrders;

    LocalPostgres postgres;

    private static final String KETTLE = "{\"amount\":19.9,\"description\":\"A kettle ☕\"}";

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

    @Test
    void nothingIsOrderedOrGivenUpWherePaymentsRefusesTheWholeCall() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/holds", Behaviour.REFUSE);
        assertUnavailable(place(user, KETTLE, null));
        assertThat(query("select count(*) from compensation where user_id = ?", user))
                .isEqualTo("0");
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

    @ParameterizedTest
    @EnumSource(names = {"DROP_THE_ANSWER", "ANSWER_RUBBISH", "ANSWER_LATE"})
    void releasesTheMoneyWhenThereIsNoAnswerToRelyOn(Behaviour how) {
        UUID user = payments.openAccount("100");
        payments.misbehave("/holds", how);
        assertUnavailable(place(user, KETTLE, null));
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
    }

    @Test
    void meetsTheHoldOfAnAnswerThatWasLost() {
        UUID user = payments.openAccount("100");
        payments.misbehaveOnce("/holds", Behaviour.DROP_THE_ANSWER);
        UUID order = id(place(user, KETTLE, null));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.holdsOf(user)).hasSize(1);
    }

    @Test
    void releasesTheMoneyOfAHoldThatArrivesAfterItsRelease() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/holds", Behaviour.PROCESS_LATE);
        assertUnavailable(place(user, KETTLE, "my-key"));
        payments.behave();
        // The id was given up, so that the order does not stand on a hold which is about to be released.
        UUID order = id(place(user, KETTLE, "my-key"));
        await().untilAsserted(() -> assertThat(payments.holdsOf(user))
                .extracting(Hold::status)
                .containsExactlyInAnyOrder(HoldStatus.RELEASED, HoldStatus.HELD));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
    }

    @Test
    void releasesTheMoneyOnceItsReleaseGetsThrough() {
        UUID user = payments.openAccount("100");
        payments.misbehave("", Behaviour.DROP_THE_ANSWER);
        assertUnavailable(place(user, KETTLE, null));
        payments.behave();
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
        await().untilAsserted(
                        () -> assertThat(query("select done_at is not null from compensation where user_id = ?", user))
                                .isEqualTo("t"));
    }

    @Test
    void asksToComeBackWhilePaymentsFails() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/holds", Behaviour.FAIL_BEFORE_PROCESSING);
        assertUnavailable(place(user, KETTLE, null));
        assertThat(payments.holdsOf(user)).isEmpty();
    }

    @Test
    void releasesTheMoneyWhenTheOrderCannotBeStored() throws Exception {
        UUID user = payments.openAccount("100");
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table outbox in share mode");
            place(user, KETTLE, null)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", matchesPattern("[1-9]\\d*"))
                    .body("code", equalTo("overloaded"));
            other.rollback();
        }
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
    }

    @Test
    void releasesTheMoneyAlsoWhileTheDatabaseTakesNoWrites() throws Exception {
        UUID user = payments.openAccount("100");
        try (ReadOnly closed = new ReadOnly(postgres, database)) {
            place(user, KETTLE, null).then().statusCode(503).body("code", equalTo("overloaded"));
            await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
            place(user, KETTLE, "my-key").then().statusCode(503).body("code", equalTo("overloaded"));
        }
        placed(user, "80.1");
    }

    @Test
    void anIdThatIsGivenUpAgainIsReleasedAgain() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("10.00"), null, "again");
        UUID id = first(request);
        givenUpOrders.giveUp(Map.of(id, request));
        query("update compensation set created_at = now() - interval '1 hour' where order_id = ?", id);
        givenUpOrders.giveUp(Map.of(id, request));
        payments.hold(user, id, request.amount());
        await().untilAsserted(() -> assertThat(payments.available(user)).isEqualByComparingTo("100"));
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
    void oneOrderComesOfFiftyRequestsWithOneKey() throws Exception {
        UUID user = payments.openAccount("100");
        String key = UUID.randomUUID().toString();
        List<Response> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(50)) {
            List<Future<Response>> running = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                running.add(clients.submit(() -> place(user, KETTLE, key)));
            }
            for (Future<Response> each : running) {
                answers.add(each.get());
            }
        }
        Set<String> bodies = new HashSet<>();
        answers.forEach(
                answer -> bodies.add(answer.then().statusCode(201).extract().asString()));
        assertThat(bodies).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.header("Idempotency-Replayed") == null))
                .hasSize(1);
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("1");
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
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
        assertThat(payments.holdsOf(rich)).hasSize(40);
        assertThat(payments.available(rich)).isEqualByComparingTo("204");
        assertThat(query("select count(*) from orders where user_id = ?", rich)).isEqualTo("40");
        assertThat(payments.batchCalls())
                .as("calls that took more than one hold")
                .isPositive();
    }

    @Test
    void theAnswerOfAKeyStaysTheSameWhenTheOrderHasEnded() {
        UUID user = payments.openAccount("19.90");
        Response first = place(user, KETTLE, "my-key");
        query(
                "update orders set status = 'CANCELLED', reason = 'hold_released', updated_at = now() where id = ?",
                id(first));
        Response second = place(user, "{\"description\":\"A kettle ☕\",\"amount\":1990e-2}", "my-key");
        second.then().statusCode(201).header("Idempotency-Replayed", "true");
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    }

    @Test
    void aKeyIsForOneBodyOnly() {
        UUID user = payments.openAccount("100");
        place(user, KETTLE, "my-key").then().statusCode(201);
        place(user, "{\"amount\":20,\"description\":\"A kettle ☕\"}", "my-key")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"));
        place(user, "{\"amount\":19.90}", "my-key").then().statusCode(422);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
        place(payments.openAccount("100"), KETTLE, "my-key").then().statusCode(201);
    }

    @Test
    void aKeyWhoseHoldWasReleasedIsPlacedByItsNextAttempt() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/holds", Behaviour.DROP_THE_ANSWER);
        assertUnavailable(place(user, KETTLE, "my-key"));
        payments.behave();
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.holdsOf(user))
                .extracting(Hold::status)
                .containsExactlyInAnyOrder(HoldStatus.RELEASED, HoldStatus.HELD);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
    }

    @Test
    void aKeyThatWasRefusedMayBeTriedAgain() {
        UUID user = payments.openAccount("0");
        place(user, KETTLE, "my-key").then().statusCode(402);
        place(user, KETTLE, "my-key").then().statusCode(402);
    }

    @Test
    void aKeyIsUsedUpWhenEachOfItsHoldsWasReleased() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        candidates(request).forEach(id -> {
            payments.hold(user, id, request.amount());
            payments.release(user, id);
        });
        place(user, KETTLE, "my-key").then().statusCode(409).body("code", equalTo("idempotency_key_exhausted"));
        assertNothingIsReserved(user, HoldStatus.RELEASED);
    }

    @Test
    void aHoldThatACrashHasLeftForAnotherAmountDoesNotBlockTheKey() {
        UUID user = payments.openAccount("100");
        OrderRequest crashed = new OrderRequest(user, new BigDecimal("50"), null, "my-key");
        UUID left = first(crashed);
        payments.hold(user, left, crashed.amount());
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(order).isNotEqualTo(left);
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(order);
    }

    @Test
    void aHoldOfSomebodyElseUnderAnIdOfTheKeyDoesNotBlockIt() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), "A kettle ☕", "my-key");
        Stream.concat(ids.earlier(request).stream(), candidates(request).limit(3))
                .forEach(id -> payments.put(id, payments.openAccount("0"), "19.90", HoldStatus.HELD));
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(order).isEqualTo(candidates(request).skip(3).findFirst().orElseThrow());
    }

    @Test
    void aRepeatedRequestMeetsTheHoldThatTheLastVersionTookUnderItsId() {
        UUID user = payments.openAccount("20");
        UUID ofTheLastVersion = UuidCreator.getNameBasedSha1(user, "1:my-key");
        payments.hold(user, ofTheLastVersion, new BigDecimal("19.90"));
        useSecretSince("now()");
        try {
            assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(ofTheLastVersion);
            assertThat(payments.holdsOf(user)).hasSize(1);
        } finally {
            useSecretSince("now() - interval '1 day'");
        }
    }

    private void useSecretSince(String time) {
        query("grant update on order_id_secret to current_user");
        query("update order_id_secret set used_from = " + time);
        query("revoke update on order_id_secret from current_user");
        secrets.read();
    }

    @Test
    void aRepeatedRequestMeetsItsHoldAlsoAfterTheSecretHasChanged() {
        UUID user = payments.openAccount("20");
        UUID before = first(new OrderRequest(user, new BigDecimal("19.90"), null, "my-key"));
        payments.hold(user, before, new BigDecimal("19.90"));
        query("insert into order_id_secret (used_from) values (now())");
        try {
            secrets.read();
            assertThat(first(new OrderRequest(user, new BigDecimal("19.90"), null, "my-key")))
                    .isNotEqualTo(before);
            assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(before);
            assertThat(payments.holdsOf(user)).hasSize(1);
        } finally {
            query("delete from order_id_secret where id = (select max(id) from order_id_secret)");
            secrets.read();
        }
    }

    @Test
    void aNewSecretIsUsedOnceAllReplicasKnowIt() {
        OrderRequest request = new OrderRequest(UUID.randomUUID(), BigDecimal.ONE, null, "my-key");
        UUID before = first(request);
        for (int several = 0; several < 4; several++) {
            query("insert into order_id_secret default values");
        }
        secrets.read();
        assertThat(first(request)).isEqualTo(before);
        query("delete from order_id_secret where used_from > now()");
        secrets.read();
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
    void ordersOnALockedAccountDelayNobodyElseAndArePlacedOnceItIsFree() throws Exception {
        nothingIsLeftToGiveBack();
        UUID locked = payments.openAccount("1000");
        UUID free = payments.openAccount("1000");
        payments.lock(locked, true);
        int before = payments.singleCalls();
        try (ExecutorService clients = Executors.newFixedThreadPool(24)) {
            List<Future<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                waiting.add(clients.submit(() -> place(locked, KETTLE, null).statusCode()));
            }
            long begin = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                place(free, KETTLE, null).then().statusCode(201);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1_500));
            payments.lock(locked, false);
            for (Future<Integer> each : waiting) {
                assertThat(each.get()).isEqualTo(201);
            }
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
    void aBatchWhoseAnswerWasLostDoesNotOverrunPayments() throws Exception {
        UUID user = payments.openAccount("10000");
        payments.misbehave("/holds", Behaviour.ANSWER_RUBBISH);
        payments.singleCallsAtOnce();
        assertThat(statuses(120, i -> place(user, KETTLE, null))).containsOnly(503);
        payments.behave();
        await().untilAsserted(() ->
                assertThat(payments.holdsOf(user)).extracting(Hold::status).containsOnly(HoldStatus.RELEASED));
        assertThat(payments.singleCallsAtOnce()).isLessThanOrEqualTo(20);
    }

    @Test
    void aKeyThatSomebodyIsStoringFailsNoneOfThoseThatComeWithIt() throws Exception {
        UUID user = payments.openAccount("10000");
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("insert into orders (id, user_id, amount, idempotency_key, created_at, updated_at)"
                    + " values (uuidv7(), '" + user + "', 1, 'contested', now(), now())");
            assertThat(statuses(64, i -> place(user, KETTLE, i == 20 ? "contested" : i % 2 == 0 ? "key" + i : null)))
                    .satisfies(all -> assertThat(all.get(20)).isEqualTo(503))
                    .satisfies(all -> assertThat(all.stream().filter(status -> status == 201))
                            .hasSize(63));
            other.rollback();
        }
    }

    /** Two replicas have the same key: one stores the order while the other, whose answer was lost, gives it up. */
    @Test
    void anOrderThatIsBeingStoredKeepsItsHoldThoughAnotherReplicaGivesItsIdUp() throws Exception {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        UUID id = first(request);
        payments.hold(user, id, request.amount());
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement();
                ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            // What it waits for comes after the lock on its id.
            statement.execute("insert into orders (id, user_id, amount, idempotency_key, created_at, updated_at)"
                    + " values (uuidv7(), '" + user + "', 1, 'my-key', now(), now())");
            Future<Set<UUID>> stored = replicas.submit(
                    () -> orders.add(List.of(Order.create(id, request, Instant.now())), Duration.ofSeconds(2)));
            await().until(() -> !"0"
                    .equals(query("select count(*) from pg_locks where not granted and locktype = 'transactionid'")));
            Future<Map<UUID, Order>> given = replicas.submit(() -> givenUpOrders.giveUp(Map.of(id, request)));
            await().until(() ->
                    !"0".equals(query("select count(*) from pg_locks where not granted and locktype = 'advisory'")));
            other.rollback();
            assertThat(stored.get()).containsExactly(id);
            assertThat(given.get()).containsKey(id);
        }
        assertThat(payments.calls(id)).isEmpty();
        assertThat(query("select count(*) from compensation where order_id = ?", id))
                .isEqualTo("0");
        assertThat(id(place(user, "{\"amount\":19.9}", "my-key"))).isEqualTo(id);
    }

    @Test
    void anIdThatWasGivenUpIsNeverStored() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        UUID id = first(request);
        payments.hold(user, id, request.amount());
        assertThat(givenUpOrders.giveUp(Map.of(id, request))).isEmpty();
        assertThat(orders.add(List.of(Order.create(id, request, Instant.now())), Duration.ofSeconds(1)))
                .isEmpty();
        assertThat(id(place(user, "{\"amount\":19.9}", "my-key"))).isNotEqualTo(id);
        await().untilAsserted(() -> assertThat(payments.available(user)).isEqualByComparingTo("80.10"));
    }

    /** This machine's clock is seven minutes ahead in these tests. */
    @Test
    void stampsOrdersWithTheTimeOfTheDatabase() {
        UUID order = placed(payments.openAccount("100"), "1");
        assertThat(query("select abs(extract(epoch from now() - created_at)) < 5 from orders where id = ?", order))
                .isEqualTo("t");
    }

    private UUID first(OrderRequest request) {
        return ids.id(request, 1);
    }

    private Stream<UUID> candidates(OrderRequest request) {
        return IntStream.rangeClosed(1, OrderIds.ATTEMPTS_MAX).mapToObj(attempt -> ids.id(request, attempt));
    }

    /** What earlier tests have left calls payments too. */
    private void nothingIsLeftToGiveBack() {
        await().until(() -> "0".equals(query("select count(*) from compensation where done_at is null")));
    }

    private List<Integer> statuses(int requests, IntFunction<Response> request) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(requests)) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                int number = i;
                running.add(clients.submit(() -> request.apply(number).statusCode()));
            }
            for (Future<Integer> each : running) {
                statuses.add(each.get());
            }
        }
        return statuses;
    }

    private static void assertUnavailable(Response response) {
        response.then()
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", matchesPattern("[1-9]\\d*"))
                .body("code", equalTo("payments_unavailable"))
                .body("trace_id", matchesPattern("[0-9a-f]{32}"));
    }

    private void assertNothingIsReserved(UUID user, HoldStatus status) {
        assertThat(payments.holdsOf(user)).isNotEmpty().extracting(Hold::status).containsOnly(status);
        assertThat(payments.available(user)).isEqualByComparingTo("100");
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("0");
    }
}
