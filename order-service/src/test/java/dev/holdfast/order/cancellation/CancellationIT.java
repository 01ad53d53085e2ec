package dev.holdfast.order.cancellation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Management;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderServiceTesting;
import dev.holdfast.order.result.PaymentResults;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What cancels an order on request, whatever state it and its money are in, and whatever fails on the way. */
@QuarkusTest
class CancellationIT extends OrderServiceTesting {
    private static final BigDecimal PRICE = new BigDecimal("10.00");
    private static final String REASON = "{\"reason\":\"ordered twice\"}";

    /** The state of an order and of its money, and what is answered: a reason where it is cancelled, else a code. */
    private enum State {
        NEW_AND_HELD(200, "cancelled_by_request"),
        NEW_AND_RELEASED(200, "cancelled_by_request"),
        NEW_AND_REFUNDED(200, "cancelled_by_request"),
        /** Payments was restored, or has removed the hold. */
        NEW_AND_UNKNOWN_TO_PAYMENTS(200, "cancelled_by_request"),
        /** The result is still to come. */
        NEW_AND_CAPTURED(409, "order_finished"),
        FINISHED(409, "order_finished"),
        CANCELLED_BY_REQUEST(200, "cancelled_by_request"),
        CANCELLED_OTHERWISE(200, "insufficient_funds");

        private final int status;
        private final String says;

        State(int status, String says) {
            this.status = status;
            this.says = says;
        }
    }

    @Inject
    PaymentResults results;

    private UUID user;
    private UUID order;

    @BeforeEach
    void placeAnOrder() {
        user = payments.openAccount("10");
        order = placed(user, "10");
    }

    @Test
    void cancelsAnOrderAndGivesItsMoneyFree() {
        double before = cancelledByRequest();
        Response cancelled = cancel(user, order, REASON);

        JsonPath shown = cancelled.then().statusCode(200).extract().jsonPath();
        assertThat(shown.getString("id")).isEqualTo(order.toString());
        assertThat(shown.getString("status")).isEqualTo("CANCELLED");
        assertThat(shown.getString("reason")).isEqualTo("cancelled_by_request");
        assertThat(shown.getString("reason_text")).isEqualTo("ordered twice");
        assertThat(shown.getString("updated_at")).isGreaterThan(shown.getString("created_at"));
        assertThat(given().get("/orders/" + order + "?user_id=" + user).asString())
                .isEqualTo(cancelled.asString());
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
        assertThat(payments.available(user)).isEqualByComparingTo("10");
        assertThat(history()).isEqualTo("CANCELLED:cancelled_by_request RELEASED:");
        assertThat(query("select count(*) from compensation where order_id = ?", order))
                .isEqualTo("0");
        assertThat(cancelledByRequest()).isEqualTo(before + 1);
    }

    @Test
    void answersTheSameAgainWhateverIsSaidThen() {
        String first = cancel(user, order, REASON).asString();
        for (String body : new @Nullable String[] {REASON, "{\"reason\":\"changed my mind\"}", "{}", null}) {
            Response again = cancel(user, order, body);
            again.then().statusCode(200);
            assertThat(again.asString()).isEqualTo(first);
        }
        assertThat(payments.calls(order)).containsOnlyOnce("/internal/cancellations " + order);
    }

    @Test
    void needsNoReason() {
        Response cancelled = cancel(user, order, null);
        cancelled.then().statusCode(200);
        assertThat(cancelled.asString()).contains("\"reason\":\"cancelled_by_request\",\"reason_text\":null");
    }

    @Test
    void isNotFoundWhereItIsAnothersOrNotThere() {
        for (Response answer :
                List.of(cancel(payments.openAccount("10"), order, REASON), cancel(user, UUID.randomUUID(), REASON))) {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.jsonPath().getString("code")).isEqualTo("order_not_found");
        }
        assertThat(status(order)).isEqualTo("NEW");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
    }

    @ParameterizedTest
    @EnumSource
    void isAnsweredAsTheStateOfOrderAndMoneySays(State state) {
        prepare(state);
        String before = status(order);
        for (int i = 0; i < 2; i++) {
            Response answer = cancel(user, order, null);
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(state.status);
            JsonPath body = answer.jsonPath();
            assertThat(body.getString(state.status == 200 ? "reason" : "code")).isEqualTo(state.says);
            assertThat(body.getString("reason_text")).isNull();
            assertThat(status(order)).isEqualTo(state.status == 200 ? "CANCELLED" : before);
        }
    }

    @Test
    void isLeftToTheVersionThatKnowsTheStatusOfTheOrder() {
        isUpdatedToANewerVersion(true);
        try {
            setStatus(order, "SUSPENDED");
            Response answer = cancel(user, order, null);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
            assertThat(payments.calls(order)).noneMatch(call -> call.startsWith("/internal/cancellations"));
            setStatus(order, "NEW");
        } finally {
            isUpdatedToANewerVersion(false);
        }
        cancel(user, order, null).then().statusCode(200);
    }

    @Test
    void anOrderWhoseMoneyWasCapturedFirstIsFinishedAndShowsNothingOfTheRequest() {
        payments.capture(order);
        cancel(user, order, REASON).then().statusCode(409);
        assertThat(status(order)).isEqualTo("NEW");
        assertThat(query("select reason_text from orders where id = ?", order)).isEqualTo("ordered twice");

        results.on(List.of(succeeded()));

        JsonPath shown = given().get("/orders/" + order + "?user_id=" + user).jsonPath();
        assertThat(shown.getString("status")).isEqualTo("FINISHED");
        assertThat(shown.getString("reason")).isNull();
        assertThat(shown.getString("reason_text")).isNull();
        assertThat(history()).isEqualTo("FINISHED:");
    }

    @Test
    void aLateFailureIsIgnoredAndALatePaymentIsRefunded() {
        cancel(user, order, null).then().statusCode(200);
        results.on(List.of(failed(FailureReason.HOLD_RELEASED)));
        assertThat(history()).isEqualTo("CANCELLED:cancelled_by_request RELEASED:");

        payments.put(order, user, "10.00", HoldStatus.CAPTURED);
        results.on(List.of(succeeded()));

        await().atMost(Duration.ofSeconds(10))
                .until(() -> history().equals("CANCELLED:cancelled_by_request REFUNDED: RELEASED:"));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.REFUNDED);
    }

    @Test
    void isToBeAskedForAgainWhilePaymentsIsAway() {
        payments.goAway();
        assertUnavailable(cancel(user, order, REASON));
        assertThat(status(order)).isEqualTo("NEW");
        payments.comeBack();
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);

        Response cancelled = await().atMost(Duration.ofSeconds(10))
                .until(() -> cancel(user, order, null), answer -> answer.statusCode() == 200);
        assertThat(cancelled.jsonPath().getString("reason_text")).isEqualTo("ordered twice");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DROP_THE_ANSWER", "ANSWER_RUBBISH", "ANSWER_LATE", "FAIL_BEFORE_PROCESSING", "REFUSE"},
            value = Behaviour.class)
    void isToBeAskedForAgainWhereTheAnswerOfPaymentsIsLost(Behaviour behaviour) {
        payments.misbehave("/cancellations", behaviour);
        assertUnavailable(cancel(user, order, REASON));
        assertThat(status(order)).isEqualTo("NEW");
        payments.behave();
        cancel(user, order, null).then().statusCode(200);
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
    }

    @Test
    void anOrderWhoseReleaseWasNotHeardOfEndsByItsFailedPaymentAndSaysWhy() {
        payments.misbehave("/cancellations", Behaviour.DROP_THE_ANSWER);
        assertUnavailable(cancel(user, order, REASON));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);

        results.on(List.of(failed(FailureReason.HOLD_RELEASED)));

        assertEndedByRequest();
    }

    /** As where the service dies between the release and its own commit. */
    @Test
    void anOrderThatCouldNotBeStoredAfterItsReleaseEndsByAskingAgain() throws SQLException {
        try (Connection somebody = database.getConnection();
                Statement lock = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            payments.afterCancelling(id -> execute(lock, "select 1 from orders where id = '" + id + "' for update"));
            Response answer = cancel(user, order, REASON);
            somebody.rollback();
            answer.then().statusCode(503);
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
        }
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
        assertThat(status(order)).isEqualTo("NEW");
        payments.behave();

        cancel(user, order, null).then().statusCode(200);

        assertEndedByRequest();
    }

    @Test
    void aResultThatComesFirstEndsTheOrderForTheSameReason() {
        payments.afterCancelling(id -> results.on(List.of(failed(FailureReason.HOLD_RELEASED))));

        cancel(user, order, REASON).then().statusCode(200);

        assertEndedByRequest();
    }

    @Test
    void anOrderThatEndedBeforeItsHoldWasReleasedKeepsItsReason() {
        payments.afterCancelling(id -> results.on(List.of(failed(FailureReason.INSUFFICIENT_FUNDS))));

        Response cancelled = cancel(user, order, REASON);

        cancelled.then().statusCode(200);
        assertThat(cancelled.asString()).contains("\"reason\":\"insufficient_funds\",\"reason_text\":null");
    }

    @Test
    void manyRequestsAtOnceCancelItOnce() throws Exception {
        double before = cancelledByRequest();
        List<Future<Response>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> cancel(user, order, REASON)));
            }
        }
        String first = answers.getFirst().get().asString();
        for (Future<Response> answer : answers) {
            assertThat(answer.get().statusCode()).as(answer.get().asString()).isEqualTo(200);
            assertThat(answer.get().asString()).isEqualTo(first);
        }
        assertThat(history()).isEqualTo("CANCELLED:cancelled_by_request RELEASED:");
        assertThat(cancelledByRequest()).isEqualTo(before + 1);
    }

    @Test
    void theAuditTellsWhoAskedAndWhatCameOfIt() {
        UUID captured = placed(payments.openAccount("10"), "10");
        payments.capture(captured);
        UUID owner = UUID.fromString(query("select user_id from orders where id = ?", captured));
        UUID away = placed(payments.openAccount("10"), "10");

        cancel(user, order, REASON);
        cancel(user, order, REASON);
        cancel(owner, captured, null);
        cancel(owner, order, null);
        payments.goAway();
        UUID another = UUID.fromString(query("select user_id from orders where id = ?", away));
        // The first may be sent on a connection of which it is not known yet that it is closed.
        cancel(another, away, null);
        cancel(another, away, null);

        JsonPath done = audit(order);
        assertThat(done.getList("result")).containsExactly("REFUSED", "DONE", "STARTED");
        assertThat(done.getList("action")).containsOnly("cancel");
        assertThat(done.getList("code")).containsExactly("order_not_found", null, null);
        assertThat(done.getString("[1].details.amount")).isEqualTo("10.00");
        assertThat(done.getString("[1].details.user_id")).isEqualTo(user.toString());
        assertThat(done.prettify()).doesNotContain("ordered twice");
        assertThat(audit(captured).getList("result")).containsExactly("REFUSED", "STARTED");
        assertThat(audit(captured).getString("[0].code")).isEqualTo("order_finished");
        assertThat(audit(away).getString("[0].code")).isEqualTo("payments_unavailable");
    }

    @Test
    void aRequestWhoseEndIsUnknownHasStartedOnly() {
        payments.misbehave("/cancellations", Behaviour.DROP_THE_ANSWER);
        cancel(user, order, null);
        assertThat(audit(order).getList("result")).containsExactly("STARTED");
    }

    @Test
    void theDatabaseKeepsTheTextShortAndOnlyWithARequest() {
        for (String forbidden : List.of(
                "update orders set reason_text = 'x' where id = ?",
                "update orders set cancel_requested_at = now(), reason_text = repeat('x', 201) where id = ?")) {
            assertThatThrownBy(() -> query(forbidden, order))
                    .rootCause()
                    .hasMessageContaining("order_reason_text_is_short_and_of_a_request");
        }
    }

    private void prepare(State state) {
        switch (state) {
            case NEW_AND_HELD -> {}
            case NEW_AND_RELEASED -> payments.release(user, order);
            case NEW_AND_REFUNDED -> payments.put(order, user, "10.00", HoldStatus.REFUNDED);
            case NEW_AND_UNKNOWN_TO_PAYMENTS -> payments.forget(order);
            case NEW_AND_CAPTURED -> payments.capture(order);
            case FINISHED -> {
                payments.capture(order);
                results.on(List.of(succeeded()));
            }
            case CANCELLED_BY_REQUEST -> cancel(user, order, null).then().statusCode(200);
            case CANCELLED_OTHERWISE -> results.on(List.of(failed(FailureReason.INSUFFICIENT_FUNDS)));
        }
    }

    private void assertEndedByRequest() {
        JsonPath shown = given().get("/orders/" + order + "?user_id=" + user).jsonPath();
        assertThat(shown.getString("status")).isEqualTo("CANCELLED");
        assertThat(shown.getString("reason")).isEqualTo("cancelled_by_request");
        assertThat(shown.getString("reason_text")).isEqualTo("ordered twice");
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.RELEASED);
        // The worker of compensations may be at it.
        await().atMost(Duration.ofSeconds(10))
                .until(() -> history().equals("CANCELLED:cancelled_by_request RELEASED:"));
    }

    private static void assertUnavailable(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(503);
        assertThat(answer.jsonPath().getString("code")).isEqualTo("payments_unavailable");
        assertThat(answer.header("Retry-After")).isEqualTo("2");
    }

    private static JsonPath audit(UUID object) {
        return given().get("/admin/orders/audit?object_id=" + object)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private String history() {
        return String.valueOf(query(
                "select string_agg(type || ':' || coalesce(reason, ''), ' ' order by type) from order_event"
                        + " where order_id = ?",
                order));
    }

    private static double cancelledByRequest() {
        return Management.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("holdfast_orders_cancelled_total{reason=\"cancelled_by_request\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private PaymentEvent succeeded() {
        return new PaymentSucceeded(UUID.randomUUID(), order, user, PRICE, Instant.now());
    }

    private PaymentEvent failed(FailureReason reason) {
        return new PaymentFailed(UUID.randomUUID(), order, user, PRICE, Instant.now(), reason);
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
