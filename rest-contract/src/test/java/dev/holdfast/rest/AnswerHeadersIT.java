package dev.holdfast.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Headers;
import io.restassured.response.Response;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Each kind of answer has the headers that every answer has, once each, whoever gives it. */
@QuarkusTest
class AnswerHeadersIT {
    private static final String GIFT = "/gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    @Test
    void forbidBrowsersAndCachesWhatTheyNeedNotDo() {
        assertForbidding(200, given().get("/gifts"));
        assertForbidding(
                200,
                given().contentType("application/json").body("{\"amount\":1}").post(GIFT));
        assertForbidding(200, given().options("/gifts"));
        assertForbidding(400, given().contentType("application/json").body("{").post(GIFT));
        assertForbidding(400, given().get("/gifts?limit=0"));
        assertForbidding(400, given().get("/gifts?limit=1&limit=2"));
        assertForbidding(401, given().get("/gifts/failures/anonymous"));
        assertForbidding(403, given().get("/gifts/failures/foreign"));
        assertForbidding(404, given().get("/nothing"));
        assertForbidding(404, given().get("/q"));
        assertForbidding(404, given().get("/q/health"));
        assertForbidding(405, given().delete("/gifts"));
        assertForbidding(406, given().accept("text/html").get("/gifts"));
        assertForbidding(409, given().get("/gifts/failures/refused"));
        assertForbidding(410, given().get("/gifts/failures/bare"));
        assertForbidding(
                413,
                given().contentType("application/json").body("x".repeat(70_000)).post(GIFT));
        assertForbidding(415, given().contentType("text/plain").body("x").post(GIFT));
        assertForbidding(500, given().get("/gifts/failures/other"));
        assertForbidding(500, given().get("/gifts/failures/error"));
        assertForbidding(503, given().get("/gifts/failures/later"));
    }

    private static void assertForbidding(int status, Response answer) {
        Headers headers = answer.headers();

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(headers.getValues("Content-Security-Policy"))
                .containsExactly("default-src 'none'; frame-ancestors 'none'");
        assertThat(headers.getValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(headers.getValues("Referrer-Policy")).containsExactly("no-referrer");
        assertThat(headers.getValues("Cache-Control")).containsExactly("no-store");
        assertThat(headers.asList())
                .extracting(header -> header.getName().toLowerCase(Locale.ROOT))
                .doesNotContain("server", "x-powered-by");
    }
}
