package dev.holdfast.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
class RestContractIT {
    private static final String GIFT = "/gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100        | 100.00",
                "1e2        | 100.00",
                "0.01       | 0.01",
                "0.1        | 0.10",
                "9999999999999999.99 | 9999999999999999.99",
                "1234567890.12 | 1234567890.12"
            })
    void readsAndWritesMoneyExactly(String sent, String written) {
        String answer = post("{\"amount\": " + sent + "}").asString();
        assertThat(answer).contains("\"amount\":" + written + ",");
    }

    @Test
    void saysThatAFieldIsThereTwice() {
        Response answer = post("{\"amount\": 1, \"amount\": 2}");
        assertThat(answer.jsonPath().getString("detail")).startsWith("The body has a field twice at line 1");
        assertThat(answer.jsonPath().getString("errors[0].message")).isEqualTo("must be given once");
    }

    record Wrong(String body, String code, String field) {}

    static List<Wrong> wrongBodies() {
        return List.of(
                new Wrong("{\"amount\": NaN}", "malformed_json", "amount"),
                new Wrong("{\"amount\": Infinity}", "malformed_json", "amount"),
                new Wrong("{\"amount\": 1e400}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 1e999999999}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 1e2147483647}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 1e99999999999}", "malformed_json", "amount"),
                new Wrong("{\"amount\": 1e-999999999}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 1.001}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 10000000000000000}", "validation_failed", "amount"),
                new Wrong("{\"amount\": " + "9".repeat(60_000) + "}", "validation_failed", "amount"),
                new Wrong("{\"amount\": 0}", "validation_failed", "amount"),
                new Wrong("{\"amount\": -1}", "validation_failed", "amount"),
                new Wrong("{\"amount\": -0.0}", "validation_failed", "amount"),
                new Wrong("{\"amount\": \"1\"}", "validation_failed", "amount"),
                new Wrong("{\"amount\": \"\"}", "validation_failed", "amount"),
                new Wrong("{\"amount\": true}", "validation_failed", "amount"),
                new Wrong("{\"amount\": null}", "validation_failed", "amount"),
                new Wrong("{\"amount\": [1]}", "validation_failed", "amount"),
                new Wrong("{\"amount\": {}}", "validation_failed", "amount"),
                new Wrong("{}", "validation_failed", "amount"),
                new Wrong("[]", "validation_failed", "body"),
                new Wrong("[{\"amount\": 1}]", "validation_failed", "body"),
                new Wrong("1", "validation_failed", "body"),
                new Wrong("\"amount\"", "validation_failed", "body"),
                new Wrong("null", "validation_failed", "body"),
                new Wrong("", "validation_failed", "body"),
                new Wrong("{\"amount\": 1", "malformed_json", "amount"),
                new Wrong("{\"amount\": 1}}", "malformed_json", "body"),
                new Wrong("{\"amount\": 1} {\"amount\": 2}", "validation_failed", "body"),
                new Wrong("{amount: 1}", "malformed_json", "body"),
                new Wrong("{\"amount\": 1, \"amount\": 2}", "malformed_json", "amount"),
                new Wrong("{\"amount\": 1, \"user\": 2}", "validation_failed", "user"),
                new Wrong("{\"amount\": 1, \"cardText\": \"x\"}", "validation_failed", "cardText"),
                new Wrong("{\"amount\": 1, \"card_text\": 5}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"12345678901\"}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"a\\u0000b\"}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"a\\u001bb\"}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"a\\u202eb\"}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"a\\ud800b\"}", "validation_failed", "card_text"),
                new Wrong("{\"amount\": 1, \"card_text\": \"a\0b\"}", "malformed_json", "card_text"),
                new Wrong("{\"amount\": 1, \"wish_count\": 1.5}", "validation_failed", "wish_count"),
                new Wrong("{\"amount\": 1, \"wish_count\": \"1\"}", "validation_failed", "wish_count"),
                new Wrong("{\"amount\": 1, \"wish_count\": true}", "validation_failed", "wish_count"),
                new Wrong("{\"amount\": 1, \"wish_count\": 0}", "validation_failed", "wish_count"),
                new Wrong("{\"amount\": 1, \"wish_count\": 99999999999}", "validation_failed", "wish_count"),
                new Wrong("{\"amount\": 1, \"giver_id\": \"1-1-1-1-1\"}", "validation_failed", "giver_id"),
                new Wrong(
                        "{\"amount\": 1, \"giver_id\": \"PyUE4E+JQdOaDAMF6CwzAQ==\"}", "validation_failed", "giver_id"),
                new Wrong("{\"amount\": 1, \"giver_id\": 5}", "validation_failed", "giver_id"),
                new Wrong("{\"amount\": 1, \"giver_id\": \"\"}", "validation_failed", "giver_id"),
                new Wrong("[".repeat(5000), "validation_failed", "body"));
    }

    @ParameterizedTest
    @MethodSource("wrongBodies")
    void namesTheWrongFieldOfABody(Wrong wrong) {
        JsonPath problem = problem(post(wrong.body), 400, wrong.code);
        assertThat(problem.getList("errors.field")).containsExactly(wrong.field);
        assertThat(problem.getString("errors[0].message")).isNotBlank();
    }

    @Test
    void namesEveryWrongField() {
        JsonPath problem = problem(post("{\"amount\": 0, \"wish_count\": 10}"), 400, "validation_failed");
        assertThat(problem.getList("errors.field")).containsExactlyInAnyOrder("amount", "wish_count");
    }

    @ParameterizedTest
    @CsvSource({
        "/gifts/1-1-1-1-1,gift_id",
        "/gifts/3f2504e0-4f89-41d3-9a0c-0305e82c330,gift_id",
        "/gifts/%00,gift_id",
        "/gifts/3f2504e04f8941d39a0c0305e82c3301,gift_id"
    })
    void namesAWrongPathParameter(String path, String field) {
        Response answer = given().urlEncodingEnabled(false)
                .contentType("application/json")
                .body("{\"amount\": 1}")
                .post(path);
        assertThat(problem(answer, 400, "validation_failed").getList("errors.field"))
                .containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,limit",
        "limit=201,limit",
        "limit=ten,limit",
        "limit=99999999999,limit",
        "cursor=abc,cursor",
        "cursor=%00,cursor",
        "cursor=" + "_____________________________________________,cursor",
        "wrapping=GOLD,wrapping",
        "wrapping=paper,wrapping"
    })
    void namesAWrongQueryParameter(String query, String field) {
        Response answer = given().urlEncodingEnabled(false).get("/gifts?" + query);
        assertThat(problem(answer, 400, "validation_failed").getList("errors.field"))
                .containsExactly(field);
    }

    @Test
    void refusesAnIdempotencyKeyThatIsEmptyOrHasASpaceOr256Characters() {
        for (String key : List.of("", "a b", "x".repeat(256))) {
            Response answer = given().contentType("application/json")
                    .header(IdempotencyKey.HEADER, key)
                    .body("{\"amount\": 1}")
                    .post(GIFT);
            assertThat(problem(answer, 400, "validation_failed").getList("errors.field"))
                    .containsExactly(IdempotencyKey.HEADER);
        }
    }

    @Test
    void pagesThroughAListByItsLinks() {
        Response first = given().get("/gifts?limit=2&wrapping=PAPER");
        String link = first.header("Link");
        assertThat(first.jsonPath().getList("id")).hasSize(2);
        assertThat(link)
                .startsWith("</gifts?")
                .contains("limit=2", "wrapping=PAPER")
                .endsWith(">; rel=\"next\"");
        Response second = given().urlEncodingEnabled(false).get(link.substring(1, link.indexOf('>')));
        assertThat(second.jsonPath().getString("at[0]")).isEqualTo("2026-01-31T11:59:58.123456Z");
        assertThat(given().get("/gifts").header("Link")).isNull();
    }

    @Test
    void answersTheRoutersRefusalsAsProblemsToo() {
        problem(given().get("/nowhere"), 404, "not_found");
        problem(given().get("/gifts/failures"), 405, "method_not_allowed");
        problem(given().delete(GIFT), 405, "method_not_allowed");
        problem(given().contentType("text/plain").body("x").post(GIFT), 415, "unsupported_media_type");
        problem(given().contentType("application/xml").body("<x/>").post(GIFT), 415, "unsupported_media_type");
        problem(
                given().contentType("application/json")
                        .accept("text/html")
                        .body("{\"amount\":1}")
                        .post(GIFT),
                406,
                "not_acceptable");
    }

    @Test
    void refusesABodyOverTheLimit() {
        String large = "{\"amount\": 1, \"card_text\": \"" + "x".repeat(100_000) + "\"}";
        problem(post(large), 413, "payload_too_large");
    }

    /** A length beside it is not to be believed: what counts bytes where none is announced would not count then. */
    @ParameterizedTest
    @CsvSource({
        "1.1, Transfer-Encoding: chunked",
        "1.1, Content-Length: 12\\nTransfer-Encoding: chunked",
        "1.0, Content-Length: 12\\nTransfer-Encoding: chunked",
    })
    void refusesABodyOfUnknownLength(String version, String length) throws IOException {
        String answer = raw("POST " + GIFT + " HTTP/" + version + "\r\nHost: x\r\nContent-Type: application/json\r\n"
                + length.replace("\\n", "\r\n") + "\r\nConnection: close\r\n\r\nc\r\n{\"amount\":1}\r\n0\r\n\r\n");
        // Netty refuses a length beside a coding itself, and closes.
        assertThat(answer).matches("(?s)HTTP/1\\.. (411 .*length_required.*|400 .*)");
    }

    @Test
    void refusesABodyWithoutContentType() throws IOException {
        String answer = raw("POST " + GIFT
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"amount\": 1}");
        assertThat(answer).startsWith("HTTP/1.1 415").contains("unsupported_media_type");
    }

    @Test
    void answersAnUnreadablePathAsAProblem() throws IOException {
        for (String path : List.of("/%c0%80", "/gifts/%c0%80", "/gifts/%00/x")) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 4").contains("application/problem+json", "\"trace_id\"");
        }
    }

    @Test
    void tellsApartTroubleThatPassesFromFaults() {
        problem(given().get("/gifts/failures/refused"), 409, "gift_exists");
        assertThat(given().get("/gifts/failures/later").header("Retry-After")).isEqualTo("2");
        for (String passing : List.of("lock", "pool")) {
            Response answer = given().get("/gifts/failures/" + passing);
            problem(answer, 503, "overloaded");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
        for (String fault : List.of("constraint", "bug", "error")) {
            Response answer = given().get("/gifts/failures/" + fault);
            problem(answer, 500, "internal_error");
            assertThat(answer.asString()).doesNotContain("secret", "check");
        }
    }

    @Test
    void answersWhatSecurityRefusesAsProblemsAndKeepsItsChallenge() {
        Response unknown = given().get("/gifts/failures/unknown");
        problem(unknown, 401, "unauthorized");
        assertThat(unknown.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"gifts\"");
        problem(given().get("/gifts/failures/anonymous"), 401, "unauthorized");
        problem(given().get("/gifts/failures/forged"), 401, "unauthorized");
        problem(given().get("/gifts/failures/foreign"), 403, "forbidden");
    }

    @Test
    void givesABodyToARefusalThatHasNone() {
        problem(given().get("/gifts/gone"), 410, "bad_request");
        problem(given().get("/gifts/failures/bare"), 410, "bad_request");
    }

    private static Response post(String body) {
        return given().contentType("application/json").body(body).post(GIFT);
    }

    private static JsonPath problem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        JsonPath problem = answer.jsonPath();
        assertThat(problem.getString("code")).as(answer.asString()).isEqualTo(code);
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(problem.getString("type")).isEqualTo("about:blank");
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(problem.getString("instance")).startsWith("/");
        assertThat(problem.getString("trace_id")).matches("[0-9a-f]{32}");
        return problem;
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            try (InputStream answer = socket.getInputStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
