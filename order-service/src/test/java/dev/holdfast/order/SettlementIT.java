package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.order.FakePayments.HoldStatus;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Databases that were restored to different moments, mended by an operator. */
@QuarkusTest
class SettlementIT extends OrderServiceTesting {
    private final List<UUID> touched = new ArrayList<>();

    @AfterEach
    void forget() {
        touched.forEach(payments::forget);
    }

    @Test
    void givesBackWhatWasCapturedForAnOrderThatIsNotThereAndKeepsItsIdFromBeingUsed() {
        UUID user = payments.openAccount("0.00");
        UUID lost = id();
        payments.put(lost, user, "10.00", HoldStatus.CAPTURED);
        awaitOpen("capture_without_order", lost);

        assertThat(settle("capture_without_order", lost).getInt("settled")).isEqualTo(1);

        await().atMost(Duration.ofSeconds(10)).until(() -> payments.holdStatus(lost) == HoldStatus.REFUNDED);
        assertThat(payments.available(user)).isEqualByComparingTo("10.00");
        assertThat(query("select order_id from order_ids_given_up(array[?::uuid], '1s') as given_up (order_id)", lost))
                .isEqualTo(lost.toString());
        assertThat(auditOf(lost)).containsExactly("settle DONE capture_without_order 10.00");
        awaitClosed("capture_without_order", lost);
        post(body("capture_without_order", lost)).then().statusCode(404);
    }

    @Test
    void refundsACancelledOrderOnceMoreWherePaymentsHasForgottenThat() {
        UUID user = payments.openAccount("0.00");
        UUID order = order(user, "CANCELLED");
        payments.put(order, user, "10.00", HoldStatus.CAPTURED);
        query(
                "insert into compensation (order_id, kind, user_id, done_at) values (?, 'REFUND', ?, now())",
                order,
                user);
        awaitOpen("cancelled_but_captured", order);

        assertThat(settle("cancelled_but_captured", order).getInt("settled")).isEqualTo(1);

        await().atMost(Duration.ofSeconds(10)).until(() -> payments.holdStatus(order) == HoldStatus.REFUNDED);
        awaitClosed("cancelled_but_captured", order);
    }

    @Test
    void chargesAFinishedOrderOnceMoreWhereTheMoneyIsThere() {
        UUID user = payments.openAccount("15.00");
        UUID paid = order(user, "FINISHED");
        UUID unpaid = order(user, "FINISHED");
        awaitOpen("finished_without_capture", paid);
        awaitOpen("finished_without_capture", unpaid);

        assertThat(settle("finished_without_capture", paid).getInt("settled")).isEqualTo(1);
        JsonPath refused = settle("finished_without_capture", unpaid);

        assertThat(refused.getInt("settled")).isZero();
        assertThat(refused.getList("refused.code")).containsExactly("insufficient_funds");
        assertThat(auditOf(unpaid)).containsExactly("settle REFUSED finished_without_capture null");
        assertThat(payments.holdStatus(paid)).isEqualTo(HoldStatus.HELD);
        assertThat(requests(paid)).isEqualTo(1);
        assertThat(requests(unpaid)).isZero();

        // What was asked for may have come to nothing, and is asked for again.
        assertThat(settle("finished_without_capture", paid).getInt("settled")).isEqualTo(1);
        assertThat(requests(paid)).isEqualTo(2);
        payments.capture(paid);
        assertThat(settle("finished_without_capture", paid).getList("refused.code"))
                .containsExactly("nothing_to_settle");
        awaitClosed("finished_without_capture", paid);
        assertThat(status(paid)).isEqualTo("FINISHED");
    }

    @Test
    void chargesAFinishedOrderWithinTheTraceOfWhoeverSettlesIt() {
        UUID user = payments.openAccount("10.00");
        UUID order = order(user, "FINISHED");
        awaitOpen("finished_without_capture", order);
        String trace = "0af7651916cd43dd8448eb211c80319c";

        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-00")
                .contentType(ContentType.JSON)
                .body(body("finished_without_capture", order))
                .post("/admin/reconciliation/settle")
                .then()
                .statusCode(200);

        assertThat(query("select traceparent from outbox where order_id = ?", order))
                .contains(trace);
    }

    @Test
    void booksTheRefundsOfAFinishedOrderOnceMoreWherePaymentsHasForgottenThem() {
        UUID user = payments.openAccount("0.00");
        UUID order = order(user, "FINISHED");
        payments.put(order, user, "10.00", HoldStatus.CAPTURED);
        for (String amount : List.of("1.00", "2.50")) {
            query("""
                    with counted as (
                        update orders set refunded = refunded + ?::numeric where id = ? returning id, user_id)
                    insert into refund (order_id, user_id, amount, next_attempt_at, done_at)
                    select id, user_id, ?::numeric, now(), now() from counted returning 1
                    """, amount, order, amount);
        }
        awaitOpen("refund_not_booked", order);

        assertThat(settle("refund_not_booked", order).getInt("settled")).isEqualTo(1);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> payments.refunded(order).compareTo(new BigDecimal("3.50")) == 0);
        assertThat(payments.available(user)).isEqualByComparingTo("3.50");
        assertThat(auditOf(order)).containsExactly("settle DONE refund_not_booked 3.50");
        awaitClosed("refund_not_booked", order);
    }

    @Test
    void givesMoneyBackOnceWhereTwoOperatorsSettleAtTheSameTime() throws Exception {
        UUID user = payments.openAccount("0.00");
        List<UUID> cancelled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UUID id = order(user, "CANCELLED");
            payments.put(id, user, "10.00", HoldStatus.CAPTURED);
            cancelled.add(id);
        }
        cancelled.forEach(id -> awaitOpen("cancelled_but_captured", id));

        try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonPath>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String limit = Integer.toString(40 + i);
                answers.add(operators.submit(
                        () -> settle("{\"kind\":\"cancelled_but_captured\",\"limit\":" + limit + "}")));
            }
            for (Future<JsonPath> answer : answers) {
                assertThat(answer.get().getInt("settled")).isNotNegative();
            }
        }

        await().atMost(Duration.ofSeconds(10))
                .until(() -> cancelled.stream().allMatch(id -> payments.holdStatus(id) == HoldStatus.REFUNDED));
        assertThat(payments.available(user)).isEqualByComparingTo("200.00");
    }

    @Test
    void settlesAKindPageByPage() {
        UUID user = payments.openAccount("0.00");
        List<UUID> lost = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            UUID id = id();
            payments.put(id, user, "10.00", HoldStatus.CAPTURED);
            lost.add(id);
        }
        lost.forEach(id -> awaitOpen("capture_without_order", id));

        String after = null;
        do {
            String behind = after == null ? "" : ",\"after\":\"" + after + "\"";
            after = settle("{\"kind\":\"capture_without_order\",\"limit\":2" + behind + "}")
                    .getString("next");
        } while (after != null);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> lost.stream().allMatch(id -> payments.holdStatus(id) == HoldStatus.REFUNDED));
    }

    @Test
    void refusesWhatNothingMendsAndWaitsForPayments() {
        UUID user = payments.openAccount("0.00");
        UUID order = order(user, "FINISHED");
        post(body("order_new_too_long", order)).then().statusCode(409);
        post(body("captured_twice", null)).then().statusCode(409);
        for (String wrong : List.of("{}", "{\"kind\":5}", "{\"kind\":\"5\"}", "{\"kind\":\"\"}")) {
            assertThat(post(wrong).then().statusCode(400).extract().asString()).contains("\"field\":\"kind\"");
        }
        post("{\"kind\":\"capture_without_order\",\"limit\":101}").then().statusCode(400);
        awaitOpen("finished_without_capture", order);
        payments.goAway();
        try {
            Response answer = post(body("finished_without_capture", order));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isNotNull();
        } finally {
            payments.comeBack();
        }
    }

    private UUID id() {
        UUID id = UUID.randomUUID();
        touched.add(id);
        return id;
    }

    private UUID order(UUID user, String status) {
        UUID id = id();
        storeOldOrder(id, user, status);
        return id;
    }

    private void awaitOpen(String kind, UUID order) {
        await().atMost(Duration.ofSeconds(60)).until(() -> isOpen(kind, order));
    }

    private void awaitClosed(String kind, UUID order) {
        await().atMost(Duration.ofSeconds(60)).until(() -> !isOpen(kind, order));
    }

    private boolean isOpen(String kind, UUID order) {
        given().post("/admin/reconciliation/runs");
        return query("select id from discrepancy where kind = ? and subject = ? and closed_at is null", kind, order)
                != null;
    }

    private int requests(UUID order) {
        return Integer.parseInt(String.valueOf(
                query("select count(*) from outbox where order_id = ? and type = 'payment_requested'", order)));
    }

    private static List<String> auditOf(UUID order) {
        JsonPath records = given().get("/admin/orders/audit?object_id=" + order)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        List<String> told = new ArrayList<>();
        for (int i = 0; i < records.getList("$").size(); i++) {
            String record = "[" + i + "]";
            told.add(records.getString(record + ".action") + " " + records.getString(record + ".result") + " "
                    + records.getString(record + ".details.kind") + " "
                    + records.getString(record + ".details.amount"));
        }
        return told;
    }

    private static String body(String kind, @Nullable UUID order) {
        return "{\"kind\":\"" + kind + "\"" + (order == null ? "" : ",\"order_id\":\"" + order + "\"") + "}";
    }

    private static Response post(String body) {
        return given().contentType(ContentType.JSON).body(body).post("/admin/reconciliation/settle");
    }

    private static JsonPath settle(String kind, UUID order) {
        return settle(body(kind, order));
    }

    private static JsonPath settle(String body) {
        return post(body).then().statusCode(200).extract().jsonPath();
    }
}
