package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every answer forbids browsers and caches, once each, whoever gives it. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class AnswerHeadersIT {
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/echo",
                "/orders/created",
                "/orders/not-modified",
                "/orders/big?mebibytes=1",
                "/accounts/echo",
                "/admin/orders/dead-letters",
                "/gone/x",
                "/orders/cut-before-the-body",
                "/orders/a;b",
                "/",
                "/nope",
                "/q",
                "/q/health/ready",
                "/q/metrics"
            })
    void areThereWhereMoneyIsToldOfAndWhereAnythingIsRefused(String target) {
        assertForbidding(gateway.get(target).headers(), NOTHING, "no-store");
    }

    @Test
    void areNotSaidAgainWhereAServiceHasSaidMore() {
        assertForbidding(gateway.get("/orders/cacheable").headers(), "sandbox", "private");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /orders?" + "LONG" + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "BREW /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /orders HTTP/1.1\r\nConnection: close\r\n\r\n",
                "POST /openapi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            })
    void areThereWhereNoRequestCouldBeRead(String request) {
        String answer = gateway.raw(request.replace("LONG", "x".repeat(9_000)));

        assertThat(answer)
                .containsOnlyOnce("Content-Security-Policy: " + NOTHING + "\r\n")
                .containsOnlyOnce("X-Content-Type-Options: nosniff\r\n")
                .containsOnlyOnce("Referrer-Policy: no-referrer\r\n")
                .containsOnlyOnce("cache-control: no-store\r\n");
    }

    /** Its scripts are named in packaged services alone: those under test have the page elsewhere. */
    @Test
    void letTheDocumentationRunNothingOfOthers() {
        HttpResponse<String> page = gateway.get("/docs/");

        assertThat(page.headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .startsWith("default-src 'none'; script-src 'self'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(page.body())
                .contains("<title>Holdfast API</title>", "validatorUrl: 'none'")
                .doesNotContainIgnoringCase("quarkus");
    }

    @Test
    void letTheDocumentBeKept() {
        HttpHeaders headers = gateway.get("/openapi").headers();

        assertThat(headers.allValues("Content-Security-Policy")).containsExactly(NOTHING);
        assertThat(headers.allValues("Cache-Control")).isEmpty();
    }

    @Test
    void healthAndMetricsAreNotForPagesOfOtherSites() {
        HttpResponse<String> answer =
                Client.management().send("GET", "/q/metrics", "", "Origin", "https://elsewhere.example");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEmpty();
        assertForbidding(answer.headers(), NOTHING, "no-store");
        assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
        assertThat(Client.management().get("/docs/").statusCode()).isEqualTo(404);
        assertThat(Client.management().get("/openapi").statusCode()).isEqualTo(404);
        assertThat(Client.management().get("/orders/echo").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "rebound.example, 403",
        "localhost.rebound.example:8500, 403",
        "192.0.2.1, 403",
        "'', 403",
        "localhost, 200",
        "LOCALHOST:8500, 200",
        "127.0.0.1:8500, 200",
        "[::1]:8500, 200"
    })
    void healthAndMetricsAreNotForPagesWhoseNameWasMadeToLeadHereEither(String host, int status) {
        String answer = Client.management().rawHead("GET /q/metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(Client.management().rawHead("GET /q/health/live HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.0 200 ");
    }

    private static void assertForbidding(HttpHeaders headers, String policy, String caching) {
        assertThat(headers.allValues("Content-Security-Policy")).containsExactly(policy);
        assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(headers.allValues("Referrer-Policy")).containsExactly("no-referrer");
        assertThat(headers.allValues("Cache-Control")).containsExactly(caching);
        assertThat(headers.map()).doesNotContainKeys("server", "x-powered-by");
    }
}
