package dev.holdfast.order.refund;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderServiceTesting;
import dev.holdfast.order.OrderStatus;
import dev.holdfast.order.result.PaymentResults;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

/** What gives money of an order back on request, whatever state it is in, and whatever fails on the way. */
@QuarkusTest
class RefundIT extends OrderServiceTesting {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final BigDecimal PRICE = new BigDecimal("10.00");
    private static final int RACES = Integer.getInteger("holdfast.races", 15);

    @Inject
    PaymentResults results;

    private UUID user;
    private UUID order;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @BeforeEach
    void payAnOrder() {
        user = payments.openAccount("10");
        order = finished(user);
    }

    @Test
    void givesAPartBackAndThenTheRest() {
        Response part = refund("{\"amount\":2.5,\"reason\":\"one of three came broken\"}", "first");

        JsonPath shown = part.then().statusCode(201).extract().jsonPath();
        assertThat(part.asString()).contains("\"amount\":2.50,", "\"reason\":\"one of three came broken\"");
        assertThat(shown.getString("order_id")).isEqualTo(order.toString());
        assertThat(shown.getString("status")).isEqualTo("DONE");
        assertThat(part.header("Idempotency-Replayed")).isNull();
        assertThat(shownOrder()).contains("\"captured\":10.00,\"refunded\":2.50,");
        assertThat(payments.available(user)).isEqualByComparingTo("2.50");

        Response rest = refund("{}", null);

        rest.then().statusCode(201);
        assertThat(rest.asString()).contains("\"amount\":7.50,\"reason\":null,\"status\":\"DONE\"");
        assertThat(shownOrder()).contains("\"captured\":10.00,\"refunded\":10.00,", "\"status\":\"FINISHED\"");
        assertThat(payments.available(user)).isEqualByComparingTo("10.00");
        assertThat(list("").getList("id")).containsExactly(rest.path("id"), shown.getString("id"));
        for (String more : List.of("{}", "{\"amount\":0.01}")) {
            assertProblem(refund(more, null), 422, "refund_exceeds_captured");
        }
    }

    @Test
    void anOrderThatIsNotPaidShowsNothingCapturedOrRefunded() {
        UUID waiting = placed(payments.openAccount("10"), "10");
        String owner = query("select user_id from orders where id = ?", waiting);
        assertThat(given().get("/orders/" + waiting + "?user_id=" + owner).asString())
                .contains("\"amount\":10.00,\"captured\":0.00,\"refunded\":0.00,");
        assertThat(shownOrder()).contains("\"amount\":10.00,\"captured\":10.00,\"refunded\":0.00,");
    }

    @Test
    void refundsNoMoreThanWasCaptured() {
        assertProblem(refund("{\"amount\":10.01}", null), 422, "refund_exceeds_captured");
        refund("{\"amount\":9}", null).then().statusCode(201);
        assertProblem(refund("{\"amount\":1.01}", null), 422, "refund_exceeds_captured");
        refund("{\"amount\":1}", null).then().statusCode(201);
        assertThat(payments.refunded(order)).isEqualByComparingTo("10.00");
    }

    @Test
    void aRequestThatIsSentAgainRefundsOnceAndShowsTheRefund() {
        String first = refund("{\"amount\":4}", "key").asString();
        for (String same : List.of("{\"amount\":4}", "{\"amount\":4.00}", "{\"amount\":4,\"reason\":null}")) {
            Response again = refund(same, "key");
            again.then().statusCode(201);
            assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
            assertThat(again.asString()).isEqualTo(first);
        }
        for (String other : List.of("{\"amount\":4.01}", "{}", "{\"amount\":4,\"reason\":\"another\"}")) {
            assertProblem(refund(other, "key"), 422, "idempotency_key_reused");
        }
        assertThat(payments.refunded(order)).isEqualByComparingTo("4");
        // Of another order it is another key.
        UUID other = finished(user = payments.openAccount("10"));
        refund(user, other, "{\"amount\":5}", "key").then().statusCode(201);
    }

    @Test
    void allThatIsLeftIsRefundedOnceAlsoWhereItIsAskedForAgain() {
        String first = refund("{}", "rest").asString();
        Response again = refund("{}", "rest");
        assertThat(again.asString()).isEqualTo(first);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertProblem(refund("{\"amount\":10}", "rest"), 422, "idempotency_key_reused");
    }

    @Test
    void isNotFoundWhereTheOrderIsAnothersOrNotThere() {
        UUID stranger = payments.openAccount("10");
        for (Response answer : List.of(
                refund(stranger, order, "{}", null),
                refund(user, UUID.randomUUID(), "{}", null),
                given().get("/orders/" + order + "/refunds?user_id=" + stranger))) {
            assertProblem(answer, 404, "order_not_found");
        }
        assertThat(list("").getList("id")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onlyAFinishedOrderIsRefunded(OrderStatus status) {
        UUID owner = payments.openAccount("10");
        UUID inState = status == OrderStatus.AUTHORIZED
                ? id(place(owner, "{\"amount\":10,\"capture\":\"manual\"}", null))
                : placed(owner, "10");
        if (status != OrderStatus.AUTHORIZED) {
            payments.capture(inState);
        }
        switch (status) {
            case AUTHORIZED, NEW -> {}
            case FINISHED -> results.on(List.of(succeeded(owner, inState)));
            case CANCELLED -> {
                payments.forget(inState);
                results.on(List.of(new PaymentFailed(
                        UUID.randomUUID(), inState, owner, PRICE, Instant.now(), FailureReason.HOLD_NOT_FOUND)));
            }
        }
        Response answer = refund(owner, inState, "{\"amount\":1}", null);
        if (status == OrderStatus.FINISHED) {
            answer.then().statusCode(201);
        } else {
            assertProblem(answer, 409, "order_not_finished");
        }
        assertThat(status(inState)).isEqualTo(status.name());
    }

    @Test
    void isPendingWhilePaymentsIsAwayAndDoneWhenItIsBack() {
        payments.goAway();
        Response pending = refund("{\"amount\":3}", "key");
        pending.then().statusCode(201);
        assertThat(pending.jsonPath().getString("status")).isEqualTo("PENDING");
        assertThat(shownOrder()).contains("\"refunded\":3.00,");
        assertProblem(refund("{\"amount\":7.01}", null), 422, "refund_exceeds_captured");

        payments.comeBack();

        awaitDone(1);
        assertThat(payments.refunded(order)).isEqualByComparingTo("3");
        Response again = refund("{\"amount\":3}", "key");
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.jsonPath().getString("status")).isEqualTo("DONE");
        assertThat(again.jsonPath().getString("id")).isEqualTo(pending.path("id"));
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DROP_THE_ANSWER", "ANSWER_RUBBISH", "ANSWER_LATE", "FAIL_BEFORE_PROCESSING", "REFUSE"},
            value = Behaviour.class)
    void isBookedOnceWhateverPaymentsAnswers(Behaviour behaviour) {
        payments.misbehave("/refunds/parts", behaviour);
        Response pending = refund("{\"amount\":3}", null);
        assertThat(pending.then().statusCode(201).extract().jsonPath().getString("status"))
                .isEqualTo("PENDING");
        payments.behave();
        awaitDone(1);
        assertThat(payments.refunded(order)).isEqualByComparingTo("3");
        assertThat(payments.available(user)).isEqualByComparingTo("3");
    }

    /** As where the service dies between its commit and the call of payments, or its answer and the mark. */
    @Test
    void isBookedOnceWhereTheServiceDiedOnTheWay() {
        String id = query("""
                with counted as (
                    update orders set refunded = refunded + 4 where id = ? returning id, user_id)
                insert into refund (order_id, user_id, amount, next_attempt_at)
                select id, user_id, 4, now() from counted returning id
                """, order);
        awaitDone(1);
        assertThat(payments.refunded(order)).isEqualByComparingTo("4");
        query(
                "update refund set done_at = null, next_attempt_at = now() where id = ? returning 1",
                UUID.fromString(id));
        awaitDone(1);
        assertThat(payments.refunded(order)).isEqualByComparingTo("4");
    }

    @Test
    void aRefundThatPaymentsCannotBookYetIsTriedUntilItCan() {
        payments.forget(order);
        refund("{\"amount\":3}", null).then().statusCode(201);
        await().atMost(DEADLINE)
                .until(() ->
                        Integer.parseInt(String.valueOf(query("select attempts from refund where order_id = ?", order)))
                                > 1);
        assertThat(query("select last_error from refund where order_id = ?", order))
                .contains("capture_not_found");
        assertThat(list("").getList("status")).containsExactly("PENDING");
        payments.put(order, user, "10.00", HoldStatus.CAPTURED);
        awaitDone(1);
    }

    @Test
    void refundsAtTheSameTimeAreTogetherNoMoreThanWasCaptured() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            UUID owner = payments.openAccount("10");
            UUID raced = finished(owner);
            List<Callable<Response>> requests = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String body = random.nextInt(5) == 0 ? "{}" : "{\"amount\":" + (1 + random.nextInt(6)) + "}";
                // Some are the same request twice, or one of another body.
                String key = random.nextBoolean() ? "key-" + random.nextInt(3) : null;
                requests.add(() -> refund(owner, raced, body, key));
            }
            Map<String, BigDecimal> refunded = new TreeMap<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Response> answer : threads.invokeAll(requests)) {
                    Response given = answer.get();
                    if (given.statusCode() == 201) {
                        BigDecimal amount = new BigDecimal(given.jsonPath().getString("amount"));
                        BigDecimal before = refunded.putIfAbsent(given.path("id"), amount);
                        assertThat(before == null || before.compareTo(amount) == 0)
                                .as(name)
                                .isTrue();
                    } else {
                        assertThat(given.jsonPath().getString("code"))
                                .as("%s: %s", name, given.asString())
                                .isIn("refund_exceeds_captured", "idempotency_key_reused");
                    }
                }
            }
            BigDecimal sum = refunded.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            assertThat(sum).as(name).isGreaterThan(BigDecimal.ZERO).isLessThanOrEqualTo(PRICE);
            assertThat(query("select refunded from orders where id = ?", raced))
                    .as(name)
                    .satisfies(stored -> assertThat(new BigDecimal(stored)).isEqualByComparingTo(sum));
            await(name).atMost(DEADLINE).until(() -> payments.refunded(raced).compareTo(sum) == 0);
        }
    }

    @Test
    void manyRequestsOfOneKeyAtOnceRefundOnce() throws Exception {
        List<Callable<Response>> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            requests.add(() -> refund("{\"amount\":4}", "key"));
        }
        List<String> ids = new ArrayList<>();
        int replayed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Response> answer : threads.invokeAll(requests)) {
                answer.get().then().statusCode(201);
                ids.add(answer.get().path("id"));
                replayed += answer.get().header("Idempotency-Replayed") == null ? 0 : 1;
            }
        }
        assertThat(ids).hasSize(20).containsOnly(ids.getFirst());
        assertThat(replayed).isEqualTo(19);
        awaitDone(1);
        assertThat(payments.refunded(order)).isEqualByComparingTo("4");
    }

    @Test
    void refundsAreListedNewestFirstPageByPage() {
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            newestFirst.addFirst(refund("{\"amount\":1}", null).path("id"));
        }
        List<String> listed = new ArrayList<>();
        String next = "/orders/" + order + "/refunds?limit=2&user_id=" + user;
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            page.then().statusCode(200);
            List<String> ids = page.jsonPath().getList("id");
            assertThat(ids).hasSizeLessThanOrEqualTo(2);
            listed.addAll(ids);
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(listed).isEqualTo(newestFirst);
    }

    @Test
    void theAuditTellsWhoRefundedWhatAndWhatWasRefused() {
        UUID refund = UUID.fromString(
                refund("{\"amount\":4,\"reason\":\"broken\"}", "key").path("id"));
        refund("{\"amount\":4,\"reason\":\"broken\"}", "key");
        refund("{\"amount\":7}", null);
        refund("{\"amount\":7}", "key");
        JsonPath audit = given().get("/admin/orders/audit?object_id=" + order).jsonPath();
        assertThat(audit.getList("action")).containsExactly("refund", "refund", "refund");
        assertThat(audit.getList("result")).containsExactly("REFUSED", "REFUSED", "DONE");
        assertThat(audit.getList("code")).containsExactly("idempotency_key_reused", "refund_exceeds_captured", null);
        assertThat(audit.getString("[2].details.amount")).isEqualTo("4.00");
        assertThat(audit.getString("[2].details.refund_id")).isEqualTo(refund.toString());
        assertThat(audit.getString("[2].details.user_id")).isEqualTo(user.toString());
        assertThat(audit.prettify()).doesNotContain("broken");
    }

    @Test
    void theDatabaseLetsNothingElseOfATerminalOrderChange() {
        String stays = "is FINISHED and stays so";
        refund("{\"amount\":4}", null).then().statusCode(201);
        assertRefused(stays, "update orders set refunded = 3.99 where id = ?");
        assertRefused(stays, "update orders set refunded = 4 where id = ?");
        assertRefused(stays, "update orders set refunded = 5, updated_at = now() where id = ?");
        assertRefused(stays, "update orders set refunded = 5, status = 'NEW' where id = ?");
        assertRefused("order_refunded_is_of_what_was_captured", "update orders set refunded = 10.01 where id = ?");
        UUID waiting = placed(payments.openAccount("10"), "10");
        assertThatThrownBy(() -> query("update orders set refunded = 1 where id = ?", waiting))
                .rootCause()
                .hasMessageContaining("order_refunded_is_of_what_was_captured");
    }

    private void assertRefused(String why, String sql) {
        assertThatThrownBy(() -> query(sql, order)).as(sql).rootCause().hasMessageContaining(why);
    }

    private UUID finished(UUID owner) {
        UUID paid = placed(owner, "10");
        payments.capture(paid);
        results.on(List.of(succeeded(owner, paid)));
        assertThat(status(paid)).isEqualTo("FINISHED");
        return paid;
    }

    private static PaymentSucceeded succeeded(UUID owner, UUID paid) {
        return new PaymentSucceeded(UUID.randomUUID(), paid, owner, PRICE, Instant.now());
    }

    private Response refund(String body, @Nullable String key) {
        return refund(user, order, body, key);
    }

    private String shownOrder() {
        return given().get("/orders/" + order + "?user_id=" + user).asString();
    }

    private JsonPath list(String more) {
        return given().get("/orders/" + order + "/refunds?user_id=" + user + more)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void awaitDone(int count) {
        await().atMost(DEADLINE)
                .untilAsserted(() ->
                        assertThat(list("").getList("status")).hasSize(count).containsOnly("DONE"));
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
