package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.Management;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class WrongInputIT extends OrderCalls {
    private static final String USER = "user_id=3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /orders?%s&limit=0                                   | limit
                    /orders?%s&limit=201                                 | limit
                    /orders?%s&limit=-1                                  | limit
                    /orders?%s&limit=abc                                 | limit
                    /orders?%s&limit=99999999999                         | limit
                    /orders?%s&cursor=abc                                | cursor
                    /orders?%s&cursor=%%24%%24                           | cursor
                    /orders?%s&status=new                                | status
                    /orders?%s&status=PAID                               | status
                    /orders                                              | user_id
                    /orders?user_id=                                     | user_id
                    /orders?user_id=1-1-1-1-1                            | user_id
                    /orders?user_id=3f2504e04f8941d39a0c0305e82c3301     | user_id
                    /orders/abc?%s                                       | order_id
                    /orders/1-1-1-1-1?%s                                 | order_id
                    /orders/3f2504e0-4f89-41d3-9a0c-0305e82c3302         | user_id
                    /orders/3f2504e0-4f89-41d3-9a0c-0305e82c3302?user_id=%%00 | user_id
                    /admin/orders?%s&limit=201                           | limit
                    /admin/orders?cursor=abc                             | cursor
                    /admin/orders?status=PAID                            | status
                    /admin/orders?user_id=1-1-1-1-1                      | user_id
                    /admin/orders?from=yesterday                         | from
                    /admin/orders?from=2026-02-30T00:00:00Z              | from
                    /admin/orders?from=2026-01-31                        | from
                    /admin/orders?to=2026-01-31T12:00:00                 | to
                    /admin/orders?to=1769860800                          | to
                    /admin/orders?from=2026-01-31T12:00:00Z&to=2026-01-31T11:59:59.999999Z | to
                    """)
    void aWrongParameterIsNamed(String path, String field) {
        assertInvalid(given().urlEncodingEnabled(false).get(String.format(path, USER)), field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {}                                        | amount
                    {"amount":null}                           | amount
                    {"amount":0}                              | amount
                    {"amount":-1}                             | amount
                    {"amount":0.001}                          | amount
                    {"amount":12345678901234567}              | amount
                    {"amount":1e400}                          | amount
                    {"amount":1e2147483647}                   | amount
                    {"amount":"10"}                           | amount
                    {"amount":true}                           | amount
                    {"amount":[10]}                           | amount
                    {"amount":{}}                             | amount
                    {"amount":10,"description":7}             | description
                    {"amount":10,"description":["a"]}         | description
                    {"amount":10,"description":"a\\u0000b"}   | description
                    {"amount":10,"description":"a\\u001b[2J"} | description
                    {"amount":10,"description":"a\\rb"}       | description
                    {"amount":10,"description":"a\\u0085b"}   | description
                    {"amount":10,"description":"a\\u202eb"}   | description
                    {"amount":10,"description":"\\u2066b"}    | description
                    {"amount":10,"description":"b\\u200f"}    | description
                    {"amount":10,"description":"\\ud800"}     | description
                    {"amount":10,"price":7}                   | price
                    {"amount":10,"status":"FINISHED"}         | status
                    {"amount":1}{"amount":2}                  | body
                    null                                      | body
                    []                                        | body
                    7                                         | body
                    """)
    void aWrongFieldIsNamedAndNothingIsReserved(String body, String field) {
        UUID user = payments.openAccount("100");
        assertInvalid(place(user, body, null), field);
        assertThat(payments.holdsOf(user)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"amount\":NaN}", "{\"amount\":}", "kettle"})
    void brokenJsonIsCalledThat(String body) {
        place(payments.openAccount("100"), body, null)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("malformed_json"));
    }

    @Test
    void anEmptyBodyIsWrong() {
        Response empty = given().contentType(ContentType.JSON).post("/orders?" + USER);
        empty.then().statusCode(400).contentType("application/problem+json");
    }

    @Test
    void aDescriptionHasAThousandCharactersAtMostHoweverManyBytes() {
        UUID user = payments.openAccount("100");
        place(user, "{\"amount\":1,\"description\":\"" + "☕".repeat(1_000) + "\"}", null)
                .then()
                .statusCode(201);
        place(user, "{\"amount\":1,\"description\":\"" + "🫖".repeat(1_000) + "\"}", null)
                .then()
                .statusCode(201)
                .body("description", equalTo("🫖".repeat(1_000)));
        assertInvalid(place(user, "{\"amount\":1,\"description\":\"" + "a".repeat(1_001) + "\"}", null), "description");
    }

    @Test
    void aDescriptionMayHaveLinesAndOneThatWasStoredBeforeIsStillRead() {
        UUID user = payments.openAccount("100");
        Response lines = place(user, "{\"amount\":1,\"description\":\"one\\ttwo\\r\\nthree\\n\"}", null);
        lines.then().statusCode(201).body("description", equalTo("one\ttwo\r\nthree\n"));
        UUID order = id(lines);
        Administrator.run("update orders set description = ? where id = ?", "a\u001b[2J\u202eb", order);

        given().queryParam("user_id", user)
                .get("/orders/" + order)
                .then()
                .statusCode(200)
                .body("description", equalTo("a\u001b[2J\u202eb"));
        given().queryParam("user_id", user)
                .get("/orders")
                .then()
                .statusCode(200)
                .body("[0].description", equalTo("a\u001b[2J\u202eb"));
    }

    @Test
    void theLargestAmountIsKeptExactly() {
        UUID user = payments.openAccount("9999999999999999.99");
        Response created = place(user, "{\"amount\":9999999999999999.99}", null);
        assertThat(created.asString()).contains("\"amount\":9999999999999999.99,");
        assertThat(Administrator.run("select amount from orders where id = ?", id(created)))
                .isEqualTo("9999999999999999.99");
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "tab\there", "ü"})
    void aWrongIdempotencyKeyIsNamed(String key) {
        assertInvalid(place(payments.openAccount("100"), "{\"amount\":10}", key), "Idempotency-Key");
    }

    @Test
    void anIdempotencyKeyHas255CharactersAtMost() {
        UUID user = payments.openAccount("100");
        place(user, "{\"amount\":10}", "k".repeat(255)).then().statusCode(201);
        assertInvalid(place(user, "{\"amount\":10}", "k".repeat(256)), "Idempotency-Key");
        assertInvalid(place(user, "{\"amount\":10}", ""), "Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"reason\":5} | reason",
                "{\"reason\":[]} | reason",
                "{\"reason\":\"a\\u0000b\"} | reason",
                "{\"reason\":\"a\\u202eb\"} | reason",
                "{\"resaon\":\"ordered twice\"} | resaon",
                "null | body",
                "[] | body",
                "\"ordered twice\" | body"
            })
    void aWrongReasonToCancelIsNamedAndCancelsNothing(String body, String field) {
        UUID user = payments.openAccount("10");
        UUID order = placed(user, "10");
        assertInvalid(cancel(user, order, body), field);
        assertThat(Administrator.run("select cancel_requested_at is null from orders where id = ?", order))
                .isEqualTo("t");
    }

    @Test
    void aReasonToCancelHasTwoHundredCharactersAtMostHoweverManyBytes() {
        UUID user = payments.openAccount("10");
        UUID order = placed(user, "10");
        assertInvalid(cancel(user, order, "{\"reason\":\"" + "a".repeat(201) + "\"}"), "reason");
        cancel(user, order, "{\"reason\":\"" + "🫖".repeat(200) + "\"}")
                .then()
                .statusCode(200)
                .body("reason_text", equalTo("🫖".repeat(200)));
    }

    @Test
    void aWrongOrderToCancelIsNamed() {
        given().noContentType()
                .queryParam("user_id", UUID.randomUUID())
                .post("/orders/nope/cancel")
                .then()
                .statusCode(400)
                .body("errors.field", hasItem("order_id"));
        given().noContentType()
                .post("/orders/" + UUID.randomUUID() + "/cancel")
                .then()
                .statusCode(400)
                .body("errors.field", hasItem("user_id"));
        cancel(payments.openAccount("10"), UUID.randomUUID(), "{")
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed_json"));
        given().get("/orders/" + UUID.randomUUID() + "/cancel?" + USER).then().statusCode(405);
    }

    @Test
    void whatHttpItselfRefusesIsAProblemToo() {
        given().contentType("text/plain")
                .body("{\"amount\":10}")
                .post("/orders?" + USER)
                .then()
                .statusCode(415)
                .body("code", equalTo("unsupported_media_type"));
        given().delete("/orders?" + USER).then().statusCode(405).body("code", equalTo("method_not_allowed"));
        given().get("/order").then().statusCode(404).body("code", equalTo("not_found"));
        given().accept("text/html")
                .get("/orders?" + USER)
                .then()
                .statusCode(406)
                .body("code", equalTo("not_acceptable"));
        place(UUID.randomUUID(), "{\"amount\":1,\"description\":\"" + "a".repeat(70_000) + "\"}", null)
                .then()
                .statusCode(413)
                .body("code", equalTo("payload_too_large"));
    }

    @Test
    void theDocumentDescribesEveryCallAndItsProblems() {
        Response document = given().queryParam("format", "json").get("/openapi");
        document.then().statusCode(200);
        assertThat(document.<Map<String, Object>>path("paths.'/orders'.post.responses"))
                .containsOnlyKeys(
                        "201", "400", "401", "402", "403", "404", "406", "409", "411", "413", "414", "415", "422",
                        "431", "503");
        assertThat(document.<Map<String, Object>>path("paths.'/orders'.get.responses"))
                .containsOnlyKeys("200", "400", "401", "403", "404", "406", "414", "431", "503");
        assertThat(document.<Map<String, Object>>path("paths.'/orders/{order_id}'.get.responses"))
                .containsOnlyKeys("200", "400", "401", "403", "404", "406", "414", "431", "503");
        assertThat(document.<Map<String, Object>>path("paths.'/orders/{order_id}/cancel'.post.responses"))
                .containsOnlyKeys(
                        "200", "400", "401", "403", "404", "406", "409", "411", "413", "414", "415", "431", "503");
        assertThat(document.<Map<String, Object>>path("paths.'/orders/{order_id}/capture'.post.responses"))
                .containsOnlyKeys(
                        "202", "400", "401", "403", "404", "406", "409", "411", "413", "414", "415", "422", "431",
                        "503");
        assertThat(document.<Map<String, Object>>path("paths.'/orders/{order_id}/refunds'.post.responses"))
                .containsOnlyKeys(
                        "201", "400", "401", "403", "404", "406", "409", "411", "413", "414", "415", "422", "431",
                        "503");
        assertThat(document.<Map<String, Object>>path("paths.'/admin/orders'.get.responses"))
                .containsOnlyKeys("200", "400", "401", "403", "404", "406", "414", "431", "503");
        assertThat(document.<List<String>>path("paths.'/admin/orders'.get.parameters.name"))
                .containsExactlyInAnyOrder("limit", "cursor", "status", "user_id", "from", "to");
        assertThat(document.<Map<String, Object>>path("components.schemas.Order.properties"))
                .containsOnlyKeys(
                        "id",
                        "user_id",
                        "amount",
                        "captured",
                        "refunded",
                        "description",
                        "status",
                        "reason",
                        "reason_text",
                        "authorized_until",
                        "created_at",
                        "updated_at");
        assertThat(document.<Object>path("components.schemas.Order.properties.reason")
                        .toString())
                .contains(Arrays.stream(CancelReason.values())
                        .map(CancelReason::wireName)
                        .toList());
        assertThat(document.<List<String>>path("paths.'/orders'.post.parameters.name"))
                .containsExactlyInAnyOrder("user_id", "Idempotency-Key");
    }

    @Test
    void healthAndMetricsAreThereButNotForClients() {
        for (String path : List.of("/q", "/q/health", "/q/health/ready", "/q/metrics", "/q/openapi")) {
            given().get(path).then().statusCode(404).body("code", equalTo("not_found"));
        }
        Management.get("/q/health/live").then().statusCode(200).body(not(containsString("atabase")));
        Management.get("/q/health/ready").then().statusCode(200);
        Management.get("/q/health/started").then().statusCode(200);
        assertThat(Management.get("/q/metrics").asString())
                .contains("holdfast_orders_placed_total", "holdfast_compensations_pending")
                .contains("holdfast_orders_time_to_terminal_seconds_bucket");
    }

    @Test
    void noIdOfAPathBecomesALabelOfAMetric() {
        String id = "7d1f3c52-6f0e-4f0b-9f5d-2f4f7b1c9a11";
        for (String path :
                List.of("/orders/" + id, "/orders/" + id + "/x", "/" + id, "/docs/" + id, "/openapi/" + id)) {
            given().options(path);
            given().get(path);
            given().delete(path);
            given().accept("text/html").get(path);
            given().contentType("text/plain").body("x").post(path);
            given().contentType("application/json").body("x".repeat(70_000)).post(path);
            given().get(path + "?" + USER);
        }
        String metrics = Management.get("/q/metrics").asString();
        assertThat(metrics).contains("uri=\"/orders/{order_id}\"").doesNotContain(id);
    }

    @Test
    void metricsAreTextWhateverIsAccepted() {
        for (String accept : List.of("application/json", "*/*", "text/html", "a b")) {
            Response metrics = Management.given().header("Accept", accept).get("/q/metrics");
            assertThat(metrics.statusCode()).as(accept).isEqualTo(200);
            assertThat(metrics.asString()).contains("holdfast_orders_placed_total");
        }
    }

    private static void assertInvalid(Response response, String field) {
        response.then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("validation_failed"))
                .body("errors.field", hasItem(field))
                .body("trace_id", matchesPattern("[0-9a-f]{32}"));
    }
}
