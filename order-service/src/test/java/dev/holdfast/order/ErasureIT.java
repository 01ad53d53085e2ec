package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import dev.holdfast.delivery.testing.Administrator;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What users have written can be erased, and nothing else. */
@QuarkusTest
class ErasureIT extends OrderServiceTesting {
    private static final String URL = "/admin/orders/erasures";
    private static final String TEXT = "a birthday present for Ms Example";

    private final UUID user = UUID.randomUUID();

    @Test
    void erasesTheTextsOfEachStateAndNothingElse() {
        UUID other = UUID.randomUUID();
        for (String status : new String[] {"NEW", "FINISHED", "CANCELLED"}) {
            store(user, status, 1);
        }
        store(other, "FINISHED", 1);
        Administrator.run(
                "insert into refund (order_id, user_id, amount, reason, next_attempt_at, done_at)"
                        + " select id, user_id, 1, ?, now(), now() from orders where user_id = ? and status = 'FINISHED'",
                TEXT,
                user);
        String before = rows(user);
        String ofOther = rows(other) + texts(other);
        assertThat(texts(user)).isEqualTo("5");

        erase().then().statusCode(200).body("user_id", equalTo(user.toString())).body("records", equalTo(4));

        assertThat(texts(user)).isEqualTo("0");
        assertThat(rows(user)).isEqualTo(before);
        assertThat(rows(other) + texts(other)).isEqualTo(ofOther);
        erase().then().statusCode(200).body("records", equalTo(0));
    }

    @Test
    void erasesMoreThanOneTransactionTakes() {
        store(user, "FINISHED", 1_201);
        erase().then().statusCode(200).body("records", equalTo(1_201));
        assertThat(texts(user)).isEqualTo("0");
    }

    @Test
    void theAuditSaysThatItWasDoneAndForgetsTheCustomerWhoActed() {
        query(
                "insert into audit_record (subject, proven, action, object_type, object_id, result)"
                        + " values (?, true, 'cancel', 'order', ?, 'DONE')",
                user.toString(),
                UUID.randomUUID());
        erase().then().statusCode(200).body("records", equalTo(1));
        given().queryParam("subject", user)
                .get("/admin/orders/audit")
                .then()
                .statusCode(200)
                .body("size()", equalTo(0));
        for (int again = 0; again < 2; again++) {
            given().queryParam("object_id", user)
                    .get("/admin/orders/audit")
                    .then()
                    .statusCode(200)
                    .body("[0].action", equalTo("erase"))
                    .body("[0].subject", equalTo("anna"))
                    .body("[0].details.reason", equalTo("request 118"))
                    .body("[1].result", equalTo("STARTED"));
            erase().then().statusCode(200);
        }
    }

    @Test
    void theServiceCannotEraseOrRewriteByItself() {
        store(user, "FINISHED", 1);
        assertThatThrownBy(() -> query("update orders set description = null where user_id = ?", user))
                .hasStackTraceContaining("permission denied");
        assertThatThrownBy(() -> Administrator.run("update orders set description = 'another' where user_id = ?", user))
                .hasStackTraceContaining("stays so");
        assertThatThrownBy(() -> query("update audit_record set subject = 'nobody'"))
                .hasStackTraceContaining("permission denied");
    }

    @Test
    void namesWhatIsWrong() {
        given().contentType(ContentType.JSON)
                .body("{\"reason\":\" \"}")
                .post(URL)
                .then()
                .statusCode(400)
                .body("code", equalTo("validation_failed"))
                .body("errors.field.sort()", equalTo(java.util.List.of("reason", "user_id")));
    }

    private Response erase() {
        return given().contentType(ContentType.JSON)
                .header("X-Operator", "anna")
                .body("{\"user_id\":\"" + user + "\",\"reason\":\"request 118\"}")
                .post(URL);
    }

    private static void store(UUID user, String status, int orders) {
        Administrator.run("""
                insert into orders (id, user_id, amount, description, status, reason, reason_text, cancel_requested_at,
                                    created_at, updated_at)
                select gen_random_uuid(), ?, 10, ?, ?, case when ? = 'CANCELLED' then 'cancelled_by_request' end,
                       case when ? = 'CANCELLED' then ? end, case when ? = 'CANCELLED' then now() end,
                       now() - number * interval '1 minute', now()
                  from generate_series(1, ?::int) as number
                """, user, TEXT, status, status, status, TEXT, status, orders);
    }

    private static String texts(UUID user) {
        return Administrator.run(
                "select count(description) + count(reason_text)"
                        + " + (select count(reason) from refund where refund.user_id = orders.user_id)"
                        + " from orders where user_id = ? group by user_id",
                user);
    }

    /** All but the texts. */
    private static String rows(UUID user) {
        return Administrator.run(
                "select string_agg((to_jsonb(orders) - 'description' - 'reason_text')::text, ' ' order by id)"
                        + " from orders where user_id = ?",
                user);
    }
}
