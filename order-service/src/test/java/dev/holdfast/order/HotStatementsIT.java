package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.PreparedPlans;
import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentSucceeded;
import dev.holdfast.order.result.PaymentResults;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whatever PostgreSQL knows about the tables, no statement of a request, a batch or a sweep reads one of them whole. */
@QuarkusTest
class HotStatementsIT extends OrderServiceTesting {
    private static final int ROWS = 20_000;
    private static final BigDecimal PRICE = new BigDecimal("10.00");
    private static final Set<String> OF_OPEN_WORK = Set.of("outbox_unsent", "compensation_due", "refund_due");
    // Statements are kept by the server from the fifth execution on.
    private static final int EXECUTIONS = 8;

    @Inject
    PaymentResults results;

    @Inject
    AgroalDataSource pool;

    @Test
    void readNoTableWhole() throws SQLException {
        doEverything();
        assertNothingGrows("new");
        fill();
        assertNothingGrows("grown, not analyzed");
        Administrator.run("analyze orders, order_event, refund, compensation, payment_inquiry, inbox, outbox");
        assertNothingGrows("analyzed");
    }

    private void assertNothingGrows(String tables) throws SQLException {
        int sessions = pool.getConfiguration().connectionPoolConfiguration().maxSize();
        // Workers of the service have some of the sessions now and then.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(PreparedPlans.growing(pool, sessions - 4, OF_OPEN_WORK))
                        .as("statements that grow with %s tables", tables)
                        .isEmpty());
    }

    private void doEverything() {
        for (int i = 0; i < EXECUTIONS; i++) {
            UUID user = payments.openAccount("1000");
            UUID finished = placed(user, "10");
            String key = UUID.randomUUID().toString();
            UUID cancelled = id(place(user, "{\"amount\":10}", key));
            place(user, "{\"amount\":10}", key).then().statusCode(201);
            Instant now = Instant.now();
            results.on(List.of(
                    new PaymentSucceeded(UUID.randomUUID(), finished, user, PRICE, now),
                    new PaymentFailed(
                            UUID.randomUUID(), cancelled, user, PRICE, now, FailureReason.INSUFFICIENT_FUNDS)));
            given().get("/orders/" + finished + "?user_id=" + user).then().statusCode(200);
            for (String page : List.of("", "&status=FINISHED", "&limit=1")) {
                given().get("/orders?user_id=" + user + page).then().statusCode(200);
            }
            UUID captured = id(place(user, "{\"amount\":10,\"capture\":\"manual\"}", null));
            given().noContentType()
                    .queryParam("user_id", user)
                    .post("/orders/" + captured + "/capture")
                    .then()
                    .statusCode(202);
            UUID cancelledByRequest = placed(user, "10");
            for (int again = 0; again < 2; again++) {
                cancel(user, cancelledByRequest, "{\"reason\":\"ordered twice\"}")
                        .then()
                        .statusCode(200);
            }
            cancel(user, finished, null).then().statusCode(409);
            payments.capture(finished);
            for (String body : List.of("{\"amount\":1}", "{\"amount\":1}", "{}")) {
                refund(user, finished, body, "key-" + body.length()).then().statusCode(201);
            }
            refund(user, finished, "{}", null).then().statusCode(422);
            given().get("/orders/" + finished + "/refunds?user_id=" + user)
                    .then()
                    .statusCode(200);
            cancel(user, UUID.randomUUID(), null).then().statusCode(404);
            for (String filter : List.of("limit=5", "user_id=" + user, "user_id=" + user + "&status=NEW")) {
                given().get("/admin/orders?" + filter).then().statusCode(200);
            }
            for (OrderStatus status : OrderStatus.values()) {
                given().get("/admin/orders?status=" + status).then().statusCode(200);
            }
            await().until(() ->
                    "t".equals(query("select done_at is not null from compensation where order_id = ?", cancelled)));
        }
    }

    /** Cancelled ones, of which payments need not know: to other tests they are no discrepancies. */
    /** Without a limit of time, which the service has. */
    private void fill() {
        Administrator.run("""
                with placed as (
                    insert into orders
                        (id, user_id, amount, idempotency_key, status, reason, created_at, updated_at)
                    select uuidv7(), uuidv7(), 1, uuidv7()::text, 'CANCELLED', 'insufficient_funds', now(), now()
                      from generate_series(1, ?) returning id, user_id),
                ended as (
                    insert into order_event (order_id, type, reason, occurred_at)
                    select id, 'CANCELLED', 'insufficient_funds', now() from placed),
                released as (
                    insert into compensation (order_id, kind, user_id, done_at)
                    select id, 'RELEASE', user_id, now() from placed),
                refunded as (
                    insert into refund (order_id, user_id, amount, idempotency_key, next_attempt_at, done_at)
                    select id, user_id, 1, 'key', now(), now() from placed),
                received as (insert into inbox (event_id) select id from placed)
                insert into outbox (event_id, order_id, type, destination, payload, sent_at)
                select uuidv7(), id, 'payment_requested', 'payment_requests', '', now() from placed
                """, ROWS);
    }
}
