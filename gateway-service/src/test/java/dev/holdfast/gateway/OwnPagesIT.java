package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class OwnPagesIT {
    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"([^\"]+\\.(?:js|css))\"");

    private static final String REQUESTS = "http_server_requests_seconds";
    private static final Pattern OPERATION = Pattern.compile("uri=\"(UNKNOWN|(/([a-z-]*|\\{[a-z_]+\\}))+)\"");

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @Test
    void describesAllRoutedPathsAndSaysWhatIsMissing() {
        HttpResponse<String> answer = gateway.get("/openapi");

        JsonObject document = new JsonObject(answer.body());
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(document.getJsonObject("paths").fieldNames())
                .containsExactlyInAnyOrder("/accounts", "/orders", "/admin/orders/dead-letters");
        assertThat(document.getJsonObject("info").getString("description")).contains("gone");
    }

    @Test
    void passesOnWhatIsForOperators() {
        assertThat(gateway.get("/admin/orders/dead-letters/anything").statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/admin/payments/dead-letters/anything").statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/admin/anything").statusCode()).isEqualTo(404);
    }

    @Test
    void showsTheDocumentInABrowserFromLocalAssets() {
        assertThat(gateway.get("/").headers().firstValue("Location")).contains("/docs/");
        assertThat(gateway.get("/docs").headers().firstValue("Location")).contains("/docs/");
        String page = gateway.get("/docs/").body();

        assertThat(page).contains("/openapi").contains("Holdfast API");
        assertThat(ASSET.matcher(page).results().map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(asset -> assertThat(
                                gateway.get(URI.create("/docs/").resolve(asset).toString())
                                        .statusCode())
                        .isEqualTo(200));
    }

    /** After an update nobody is shown the page of the version before. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/docs                     | no-store",
                "/docs/                    | no-store",
                "/docs/index.html          | no-store",
                "/docs/swagger-ui-bundle.js| public, max-age=3600",
                "/docs/swagger-ui.css      | public, max-age=3600",
                "/docs/nothing.js          | no-store",
                "/docs/nothing             | no-store"
            })
    void letsNobodyKeepThePageAndWhatItLoadsForAWhile(String path, String keep) {
        assertThat(gateway.get(path).headers().allValues("Cache-Control")).containsExactly(keep);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/docs", "/docs/", "/docs/index.html", "/openapi"})
    void answersWhateverBodyComesWithTheRequest(String page) {
        HttpResponse<String> answer = gateway.send("GET", page, "{}");

        assertThat(answer.statusCode()).isEqualTo(gateway.get(page).statusCode());
    }

    @Test
    void isHealthyAndCountsByUpstream() {
        gateway.get("/orders/counted");

        assertThat(Client.management().get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(Client.management().get("/q/health/started").statusCode()).isEqualTo(200);
        assertThat(Client.management().get("/q/metrics").body())
                .contains("gateway_requests_seconds_count{outcome=\"2xx\",upstream=\"orders\"}")
                .contains("gateway_in_flight{upstream=\"orders\"}")
                .doesNotContain("/orders/counted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=99999999-",
                "bytes=5-1",
                "bytes=99999999999999999999-",
                "lines=1-2",
                "bytes=-",
                "bytes=a-b",
                "bytes=0-0,5-6"
            })
    void sendsTheWholePageOrSaysThatItHasNoSuchRange(String range) {
        HttpResponse<String> answer = gateway.send("GET", "/docs/swagger-ui-bundle.js", "", "Range", range);

        if (answer.statusCode() == 200) {
            assertThat(answer.body())
                    .isEqualTo(gateway.get("/docs/swagger-ui-bundle.js").body());
        } else {
            assertProblem(answer, 416, "range_not_satisfiable");
        }
    }

    @Test
    void offersItsMetricsAsTextWhateverIsAccepted() {
        for (String accepted : List.of(
                "*/*",
                "text/*",
                "application/json;q=0.5, text/plain",
                "text/plain;version=0.0.4",
                "application/json")) {
            HttpResponse<String> answer = Client.management().send("GET", "/q/metrics", "", "Accept", accepted);
            assertThat(answer.statusCode()).as(accepted).isEqualTo(200);
            assertThat(answer.body()).contains("gateway_requests_seconds_count");
        }
    }

    @Test
    void namesNoPathInItsMetricsHoweverARequestIsRefused() {
        String id = UUID.randomUUID().toString();
        String target = "/accounts/" + id;
        List<String> before = series();
        for (String method : List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")) {
            gateway.send(method, target + "/echo", method.equals("HEAD") ? "" : "{}", "Accept", "text/html");
        }
        for (String request : List.of(
                "TRACE " + target + " HTTP/1.1\r\nHost: x",
                "BREW " + target + " HTTP/1.1\r\nHost: x",
                "GET " + target + " HTTP/1.1",
                "GET " + target + " HTTP/1.2\r\nHost: x",
                "GET /nope/" + id + " HTTP/1.1\r\nHost: x",
                "GET " + target + "?" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: x",
                "GET " + target + " HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(17_000),
                "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 65537",
                "POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip",
                "GET /docs/" + id + " HTTP/1.1\r\nHost: x",
                "GET /q/health/" + id + " HTTP/1.1\r\nHost: x",
                "POST /openapi/" + id + " HTTP/1.1\r\nHost: x")) {
            assertThat(gateway.rawHead(request + "\r\n\r\n")).as(request).matches("(?s)HTTP/1\\.[01] (4|505).*");
        }

        assertThat(series()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(Client.management().get("/q/metrics").body().lines())
                .filteredOn(line -> line.startsWith(REQUESTS))
                .isNotEmpty()
                .allMatch(line -> OPERATION.matcher(line).find());
        assertThat(Client.management().get("/q/metrics").body()).doesNotContain(id);
    }

    /** Names and labels of all that is measured, but of requests by operation and status, of which there may be more. */
    private List<String> series() {
        return Client.management()
                .get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("gateway_") || line.contains("uri=") || line.contains("path="))
                .filter(line -> !line.startsWith(REQUESTS))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
        assertThat(new JsonObject(answer.body()).getInteger("status")).isEqualTo(status);
    }
}
