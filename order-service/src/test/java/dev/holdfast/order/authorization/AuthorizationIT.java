package dev.holdfast.order.authorization;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderServiceTesting;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.result.PaymentResults;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that are charged when somebody asks for it, from their placing to each of their ends. */
@QuarkusTest
class AuthorizationIT extends OrderServiceTesting {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final BigDecimal PRICE = new BigDecimal("10.00");
    private static final String MANUAL = "{\"amount\":10,\"capture\":\"manual\"}";
    private static final int RACES = Integer.getInteger("holdfast.races", 15);

    @Inject
    PaymentResults results;

    private UUID user;
    private UUID order;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @BeforeEach
    void authorizeAnOrder() {
        user = payments.openAccount("10");
        order = id(place(user, MANUAL, null));
    }

    @Test
    void anOrderIsPlacedOnMoneyThatIsHeldForDaysAndIsNotChargedByItself() {
        JsonPath shown = shown();
        assertThat(shown.getString("status")).isEqualTo("AUTHORIZED");
        assertThat(Duration.between(
                        Instant.parse(shown.getString("created_at")),
                        Instant.parse(shown.getString("authorized_until"))))
                .isEqualTo(Duration.ofDays(7));
        assertThat(shown.getDouble("captured")).isZero();
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.expirySeconds(order))
                .isEqualTo(Duration.ofDays(7).plusMinutes(10).toSeconds());
        assertThat(requests(order)).isEmpty();
        assertThat(given().get("/orders?status=AUTHORIZED&user_id=" + user)
                        .jsonPath()
                        .getList("id"))
                .containsExactly(order.toString());
        assertThat(given().get("/admin/orders?limit=1&status=AUTHORIZED&user_id=" + user)
                        .jsonPath()
                        .getList("id"))
                .containsExactly(order.toString());
    }

    @Test
    void aRequestThatIsSentAgainIsAnsweredAsThePlacingWas() {
        UUID owner = payments.openAccount("100");
        String first =
                place(owner, MANUAL, "key").then().statusCode(201).extract().asString();
        assertThat(first).contains("\"status\":\"AUTHORIZED\"");
        UUID placed = UUID.fromString(JsonPath.from(first).getString("id"));
        capture(owner, placed, "{}", null).then().statusCode(202);
        Response again = place(owner, MANUAL, "key");
        assertThat(again.asString()).isEqualTo(first);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        for (String other : List.of("{\"amount\":10}", "{\"amount\":10,\"capture\":\"automatic\"}")) {
            assertProblem(place(owner, other, "key"), 422, "idempotency_key_reused");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"later\"", "\"MANUAL\"", "1", "true", "{}"})
    void whatIsNoWayToCaptureIsRefused(String capture) {
        Response answer = place(user, "{\"amount\":1,\"capture\":" + capture + "}", null);
        assertProblem(answer, 400, "validation_failed");
        assertThat(answer.jsonPath().getList("errors.field")).containsExactly("capture");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"amount\":1}", "{\"amount\":1,\"capture\":null}", "{\"amount\":1,\"capture\":\"automatic\"}"})
    void allOthersAreChargedByThemselves(String body) {
        UUID owner = payments.openAccount("1");
        Response placed = place(owner, body, null);
        assertThat(placed.asString()).contains("\"status\":\"NEW\"", "\"authorized_until\":null");
        assertThat(requests(id(placed))).containsExactly("1.00");
        assertThat(payments.expirySeconds(id(placed))).isNull();
    }

    @Test
    void ordersOfBothWaysThatComeTogetherArePlacedEachInItsWay() throws Exception {
        List<Callable<Response>> placing = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String body = i % 3 == 0 ? MANUAL : "{\"amount\":10}";
            // Some cannot be paid.
            UUID owner = payments.openAccount(i % 4 == 0 ? "1" : "10");
            String key = i % 2 == 0 ? "key" : null;
            placing.add(() -> place(owner, body, key));
        }
        List<Response> answers = allAtOnce(placing);
        for (int i = 0; i < answers.size(); i++) {
            Response answer = answers.get(i);
            if (i % 4 == 0) {
                assertProblem(answer, 402, "insufficient_funds");
                continue;
            }
            assertThat(answer.then().statusCode(201).extract().<String>path("status"))
                    .isEqualTo(i % 3 == 0 ? "AUTHORIZED" : "NEW");
            assertThat(requests(id(answer))).hasSize(i % 3 == 0 ? 0 : 1);
        }
    }

    @Test
    void theWholeOrderIsCapturedOnce() {
        Response captured = capture("{}", null);
        assertThat(captured.then().statusCode(202).extract().<String>path("status"))
                .isEqualTo("NEW");
        assertThat(requests(order)).containsExactly("10.00");
        assertProblem(capture("{}", null), 409, "order_not_authorized");
        assertProblem(capture("{\"amount\":1}", "key"), 409, "order_not_authorized");

        finish("10.00");

        assertThat(shown().getString("status")).isEqualTo("FINISHED");
        assertThat(given().get("/orders/" + order + "?user_id=" + user).asString())
                .contains("\"captured\":10.00,");
        assertProblem(capture("{}", null), 409, "order_not_authorized");
        assertThat(requests(order)).hasSize(1);
    }

    @Test
    void aPartIsCapturedAndThatIsAllThatCanBeRefunded() {
        capture("{\"amount\":4.5}", null).then().statusCode(202);
        assertThat(requests(order)).containsExactly("4.50");

        finish("4.50");

        assertThat(given().get("/orders/" + order + "?user_id=" + user).asString())
                .contains("\"amount\":10.00,\"captured\":4.50,");
        assertProblem(refund(user, order, "{\"amount\":4.51}", null), 422, "refund_exceeds_captured");
        assertThat(refund(user, order, "{}", null).asString()).contains("\"amount\":4.50,");
    }

    @Test
    void aRepeatedRequestIsAnsweredAgainWhereItHasTheSameKey() {
        capture("{\"amount\":4}", "key").then().statusCode(202);
        Response again = capture("{\"amount\":4.00}", "key");
        again.then().statusCode(202);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertProblem(capture("{\"amount\":5}", "key"), 422, "idempotency_key_reused");
        assertProblem(capture("{}", "key"), 422, "idempotency_key_reused");
        assertProblem(capture("{\"amount\":4}", "other"), 409, "order_not_authorized");
        finish("4.00");
        assertThat(capture("{\"amount\":4}", "key").<String>path("status")).isEqualTo("FINISHED");
        assertThat(requests(order)).containsExactly("4.00");
    }

    @Test
    void noMoreThanIsHeldIsCapturedAndOnlyOfAnOrderOfTheUser() {
        assertProblem(capture("{\"amount\":10.01}", null), 422, "capture_exceeds_held");
        assertProblem(capture(payments.openAccount("1"), order, "{}", null), 404, "order_not_found");
        assertProblem(capture(user, UUID.randomUUID(), "{}", null), 404, "order_not_found");
        for (String wrong : List.of("0", "-1", "0.001", "\"4\"")) {
            assertProblem(capture("{\"amount\":" + wrong + "}", null), 400, "validation_failed");
        }
        assertThat(status(order)).isEqualTo("AUTHORIZED");
    }

    @ParameterizedTest
    @EnumSource
    void onlyAnAuthorizedOrderIsCaptured(OrderStatus status) {
        switch (status) {
            case AUTHORIZED -> {}
            case NEW -> order = placed(user = payments.openAccount("10"), "10");
            case FINISHED -> {
                capture("{}", null).then().statusCode(202);
                finish("10.00");
            }
            case CANCELLED -> cancel(user, order, null).then().statusCode(200);
        }
        Response answer = capture("{}", null);
        if (status == OrderStatus.AUTHORIZED) {
            answer.then().statusCode(202);
        } else {
            assertProblem(answer, 409, "order_not_authorized");
            assertThat(status(order)).isEqualTo(status.name());
        }
    }

    @Test
    void ofManyRequestsAtOnceOneCaptures() throws Exception {
        List<Callable<Response>> captures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String body = "{\"amount\":" + (1 + i % 10) + "}";
            captures.add(() -> capture(body, null));
        }
        List<Integer> answers =
                allAtOnce(captures).stream().map(Response::statusCode).toList();
        assertThat(answers).containsOnlyOnce(202).containsOnly(202, 409);
        assertThat(requests(order)).hasSize(1);
    }

    @Test
    void aCaptureAndACancellationAtOnceHaveOneOfTwoOutcomes() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            UUID owner = payments.openAccount("10");
            UUID raced = id(place(owner, MANUAL, null));
            boolean captureFirst = random.nextBoolean();
            List<Callable<Response>> acts = new ArrayList<>();
            acts.add(() -> capture(owner, raced, "{\"amount\":3}", "key"));
            acts.add(captureFirst ? acts.size() : 0, () -> cancel(owner, raced, null));
            List<Response> answers = allAtOnce(acts);
            Response cancelled = answers.get(captureFirst ? 1 : 0);
            Response captured = answers.get(captureFirst ? 0 : 1);
            assertThat(captured.statusCode()).as(name).isIn(202, 409);
            // Nothing is captured by payments here: whatever was asked for first, its hold is released.
            assertThat(cancelled.statusCode())
                    .as("%s: %s", name, cancelled.asString())
                    .isEqualTo(200);
            assertThat(status(raced)).as(name).isEqualTo("CANCELLED");
            assertThat(payments.holdStatus(raced)).as(name).isEqualTo(HoldStatus.RELEASED);
            assertThat(requests(raced)).as(name).hasSize(captured.statusCode() == 202 ? 1 : 0);
            results.on(List.of(new PaymentFailed(
                    UUID.randomUUID(),
                    raced,
                    owner,
                    new BigDecimal(captured.statusCode() == 202 ? "3.00" : "10.00"),
                    Instant.now(),
                    FailureReason.HOLD_RELEASED)));
            assertThat(query("select reason from orders where id = ?", raced))
                    .as(name)
                    .isEqualTo("cancelled_by_request");
        }
    }

    @Test
    void anAuthorizedOrderIsCancelledOnRequest() {
        JsonPath cancelled = cancel(user, order, "{\"reason\":\"sold out\"}")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(cancelled.getString("status")).isEqualTo("CANCELLED");
        assertThat(cancelled.getString("reason")).isEqualTo("cancelled_by_request");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
        assertThat(payments.available(user)).isEqualByComparingTo("10");
        assertThat(requests(order)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DROP_THE_ANSWER", "FAIL_BEFORE_PROCESSING"},
            value = Behaviour.class)
    void aCancellationOfWhichNothingIsHeardIsEndedByTheSweep(Behaviour behaviour) {
        payments.misbehave("/cancellations", behaviour);
        assertProblem(cancel(user, order, "{\"reason\":\"sold out\"}"), 503, "payments_unavailable");
        assertThat(status(order)).isEqualTo("AUTHORIZED");
        payments.behave();
        awaitCancelled("cancelled_by_request");
        assertThat(shown().getString("reason_text")).isEqualTo("sold out");
    }

    @Test
    void anOrderThatNobodyCapturesInItsTimeIsCancelledAndItsMoneyFree() {
        isOver();
        // Also before the sweep has come to it.
        assertProblem(capture("{}", null), 409, "order_not_authorized");
        awaitCancelled("hold_expired");
        assertThat(payments.available(user)).isEqualByComparingTo("10");
        assertThat(query(
                        "select string_agg(type || ':' || coalesce(reason, ''), ' ' order by type) from order_event"
                                + " where order_id = ?",
                        order))
                .isEqualTo("CANCELLED:hold_expired RELEASED:");
        assertThat(requests(order)).isEmpty();
        cancel(user, order, null).then().statusCode(200);
    }

    @Test
    void whilePaymentsIsAwayAnOrderWhoseTimeIsOverStaysAndIsCancelledLater() {
        payments.goAway();
        isOver();
        await().during(Duration.ofSeconds(3)).atMost(DEADLINE).until(() -> "AUTHORIZED".equals(status(order)));
        payments.comeBack();
        awaitCancelled("hold_expired");
    }

    @Test
    void paymentsDecidesWhetherAnOrderWhoseTimeIsOverIsCancelled() {
        payments.capture(order);
        isOver();
        await().during(Duration.ofSeconds(3)).atMost(DEADLINE).until(() -> "AUTHORIZED".equals(status(order)));
        results.on(List.of(new PaymentSucceeded(UUID.randomUUID(), order, user, PRICE, Instant.now())));
        assertThat(status(order)).isEqualTo("FINISHED");
    }

    @Test
    void aCapturedOrderWhoseMoneyIsGoneIsCancelled() {
        capture("{\"amount\":4}", null).then().statusCode(202);
        results.on(List.of(new PaymentFailed(
                UUID.randomUUID(), order, user, new BigDecimal("4"), Instant.now(), FailureReason.INSUFFICIENT_FUNDS)));
        assertThat(status(order)).isEqualTo("CANCELLED");
        assertThat(shown().getDouble("captured")).isZero();
    }

    @Test
    void anOldOrderIsNotAskedAboutAgainRightAfterItsCapture() {
        Administrator.run(
                "update orders set created_at = now() - interval '1 hour', updated_at = now() - interval '1 hour' where id = ?",
                order);
        capture("{\"amount\":4}", null).then().statusCode(202);
        await().during(Duration.ofSeconds(3))
                .atMost(DEADLINE)
                .until(() -> requests(order).size() == 1);
        Administrator.run("update orders set capture_requested_at = now() - interval '1 hour' where id = ?", order);
        await().atMost(DEADLINE).until(() -> requests(order).size() == 2);
        assertThat(requests(order)).containsOnly("4.00");
        finish("4.00");
    }

    @Test
    void theAuditTellsWhoCapturedWhatAndWhatWasRefused() {
        capture("{\"amount\":11}", null);
        capture("{\"amount\":4}", "key");
        capture("{\"amount\":4}", "key");
        capture("{}", null);
        JsonPath audit = given().get("/admin/orders/audit?object_id=" + order).jsonPath();
        assertThat(audit.getList("action")).containsOnly("capture");
        assertThat(audit.getList("result")).containsExactly("REFUSED", "DONE", "REFUSED");
        assertThat(audit.getList("code")).containsExactly("order_not_authorized", null, "capture_exceeds_held");
        assertThat(audit.getString("[1].details.amount")).isEqualTo("4.00");
    }

    @Test
    void theDatabaseKnowsWhatBelongsTogether() {
        UUID automatic = placed(payments.openAccount("10"), "10");
        for (String forbidden : List.of(
                "update orders set capture_requested_at = now() where id = ?",
                "update orders set status = 'AUTHORIZED' where id = ?",
                "update orders set capture_amount = 1 where id = ?",
                "update orders set capture_key = 'key' where id = ?")) {
            assertThatThrownBy(() -> query(forbidden, automatic))
                    .as(forbidden)
                    .hasStackTraceContaining("check constraint");
        }
        assertThatThrownBy(() -> query(
                        "update orders set status = 'NEW', capture_requested_at = now(), capture_amount = 10.01 where id = ?",
                        order))
                .hasStackTraceContaining("order_capture_amount_is_a_part");
        assertThatThrownBy(() -> query("update orders set authorized_until = now() where id = ?", order))
                .hasStackTraceContaining("permission denied");
    }

    private void isOver() {
        Administrator.run("update orders set authorized_until = now() - interval '1 second' where id = ?", order);
    }

    private void awaitCancelled(String reason) {
        await().atMost(DEADLINE).until(() -> "CANCELLED".equals(status(order)));
        assertThat(shown().getString("reason")).isEqualTo(reason);
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
    }

    private void finish(String amount) {
        payments.capture(order, amount);
        results.on(
                List.of(new PaymentSucceeded(UUID.randomUUID(), order, user, new BigDecimal(amount), Instant.now())));
    }

    private JsonPath shown() {
        return given().get("/orders/" + order + "?user_id=" + user).jsonPath();
    }

    /** The amounts of the requests for payment of the order. */
    private List<String> requests(UUID id) {
        String all = query(
                "select coalesce(string_agg(convert_from(payload, 'UTF8')::jsonb ->> 'amount', ' '), '') from outbox"
                        + " where order_id = ?",
                id);
        return all == null || all.isEmpty() ? List.of() : List.of(all.split(" "));
    }

    private Response capture(String body, @Nullable String key) {
        return capture(user, order, body, key);
    }

    private static Response capture(UUID owner, UUID id, String body, @Nullable String key) {
        RequestSpecification request = given().queryParam("user_id", owner)
                .contentType(ContentType.JSON)
                .body(body);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.post("/orders/" + id + "/capture");
    }

    private static List<Response> allAtOnce(List<Callable<Response>> requests) throws Exception {
        List<Response> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Response> answer : threads.invokeAll(requests)) {
                answers.add(answer.get());
            }
        }
        return answers;
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
