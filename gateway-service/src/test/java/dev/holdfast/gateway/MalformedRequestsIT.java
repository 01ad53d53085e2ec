package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class MalformedRequestsIT {
    private static final String LAST_HEADERS = "Host: x\r\nConnection: close\r\n\r\n";

    private Client gateway;
    private Client service;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
        service = new Client(Client.upstream("orders").getPort());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/../refunds",
                "/orders/%2e%2e/refunds",
                "/orders/..;/refunds",
                "/orders/x%2f..%2f..%2frefunds",
                "/orders\\..\\refunds",
                "/accounts/./x",
                "/q/../orders",
                "//orders",
                "/orders?a={}",
                "*",
                "/orders/\u00e4"
            })
    void refusesAPathThatCouldMeanAnother(String target) {
        assertProblem(gateway.raw("GET " + target + " HTTP/1.1\r\n" + LAST_HEADERS), 400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/refunds",
                "/ordersx",
                "/%6frders",
                "/q",
                "/q/health",
                "/q/metrics",
                "/q/nothing",
                "/docs/nothing.js",
                "/nope"
            })
    void answersUnknownPathsAsProblems(String target) {
        assertProblem(gateway.raw("GET " + target + " HTTP/1.1\r\n" + LAST_HEADERS), 404, "not_found");
    }

    @Test
    void routesNoInternalPath() {
        assertProblem(gateway.raw("POST /refunds HTTP/1.1\r\n" + LAST_HEADERS), 404, "not_found");
    }

    @Test
    void understandsAWholeUrlInTheRequestLine() {
        assertThat(gateway.raw("GET http://other.example/orders/echo?a=b HTTP/1.1\r\n" + LAST_HEADERS))
                .startsWith("HTTP/1.1 200 OK")
                .contains("\"uri\":\"/orders/echo?a=b\"");
        assertProblem(
                gateway.raw("GET http://other.example/orders/../x HTTP/1.1\r\n" + LAST_HEADERS),
                400,
                "malformed_request");
    }

    @ParameterizedTest
    @CsvSource({"TRACE,/orders", "CONNECT,example.org:443", "BREW,/orders", "POST,/openapi", "DELETE,/docs/"})
    void refusesMethodsThatNobodyServes(String method, String target) {
        String answer = gateway.raw(method + " " + target + " HTTP/1.1\r\n" + LAST_HEADERS);

        assertProblem(answer, 405, "method_not_allowed");
        assertThat(answer).containsIgnoringCase("\r\nallow: GET, HEAD");
    }

    @Test
    void refusesALongTargetAndLargeHeaders() {
        assertProblem(
                gateway.raw("GET /orders?" + "x".repeat(40_000) + " HTTP/1.1\r\n" + LAST_HEADERS), 414, "uri_too_long");
        assertProblem(
                gateway.raw("GET /orders HTTP/1.1\r\nX: " + "x".repeat(70_000) + "\r\n" + LAST_HEADERS),
                431,
                "headers_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host: x\r\nHost: y\r\n",
                "Host: x\r\nhost: x\r\n",
                "Host: a b\r\n",
                "Host: a:99999\r\n",
                "Host: a:-1\r\n",
                "Host: a:b\r\n",
                "Host: [::1\r\n",
                "Host: [zz]\r\n",
                "Host: ::1\r\n",
                "Host: %zz\r\n",
                "Host: a/b\r\n",
                "Host: u@a\r\n",
                "Host: a\"b\r\n"
            })
    void wantsExactlyOneHostThatIsOne(String headers) {
        for (String target : List.of("/orders/echo", "/docs/", "/nope")) {
            assertProblem(
                    gateway.raw("GET " + target + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n"),
                    400,
                    "malformed_request");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.example:80", "a:", "127.0.0.1:8000", "[::1]", "[::1]:8000", "%41"})
    void takesEachFormOfHost(String host) {
        assertThat(gateway.raw("GET /orders/echo HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void keepsTheLimitsOfTheServicesBehindIt() {
        String line = "GET /orders/long?" + "x".repeat(8_192 - "GET /orders/long? HTTP/1.1".length()) + " HTTP/1.1";

        assertThat(gateway.raw(line + "\r\n" + LAST_HEADERS)).startsWith("HTTP/1.1 200 OK");
        assertProblem(gateway.raw(line.replace("?", "?x") + "\r\n" + LAST_HEADERS), 414, "uri_too_long");
        assertThat(gateway.raw("GET /orders/long HTTP/1.1\r\nX: " + "x".repeat(12_000) + "\r\n" + LAST_HEADERS))
                .startsWith("HTTP/1.1 200 OK");
        assertProblem(
                gateway.raw("GET /orders/long HTTP/1.1\r\nX: " + "x".repeat(16_400) + "\r\n" + LAST_HEADERS),
                431,
                "headers_too_large");
        assertProblem(
                gateway.raw(
                        "GET /orders/long HTTP/1.1\r\nHost: " + "x".repeat(12_000) + "\r\nConnection: close\r\n\r\n"),
                431,
                "headers_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /orders/misread\r\n\r\n",
                "GET /orders/misread HTTP/1.1\r\nHost : x\r\n\r\n",
                "GET /orders/misread HTTP/1.1\r\nHost: x\r\nA\u0000: y\r\n\r\n",
                "POST /orders/misread HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /orders/misread HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nab",
                "POST /orders/misread HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\nab"
            })
    void refusesWhatIsNotHttpAndClosesTheConnection(String request) {
        assertProblem(gateway.raw(request), 400, "malformed_request");
        assertThat(service.get("/calls?of=/orders/misread").body()).isEqualTo("0");
    }

    @Test
    void refusesALargeBodyBeforeItIsSent() {
        assertProblem(
                gateway.raw("POST /orders/large HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n"),
                413,
                "payload_too_large");
        assertThat(service.get("/calls?of=/orders/large").body()).isEqualTo("0");
    }

    @Test
    void servesHttp10() {
        assertThat(gateway.raw("GET /orders/old HTTP/1.0\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.0 200 OK");
        assertThat(gateway.raw("GET /orders/big?mebibytes=1 HTTP/1.0\r\nHost: x\r\n\r\n"))
                .doesNotContain("transfer-encoding")
                .hasSizeGreaterThan(1 << 20);
        assertThat(gateway.raw("GET /docs/index.html HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 200 OK");
    }

    @Test
    void takesABodyOfJustTheLimit() {
        assertThat(gateway.send("POST", "/orders/echo", "x".repeat(65_536)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void countsABodyOfUnknownLength() {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        String head = "POST /orders/chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

        assertProblem(gateway.raw(head + chunk.repeat(5) + "0\r\n\r\n"), 413, "payload_too_large");
        assertThat(service.get("/calls?of=/orders/chunked").body()).isEqualTo("0");
        assertThat(gateway.raw(head.replace("Host: x", "Host: x\r\nConnection: close") + chunk.repeat(4) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void refusesABodyThatDoesNotArrive() {
        assertProblem(
                gateway.raw("POST /orders/dripping HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"),
                408,
                "request_timeout");
        assertThat(service.get("/calls?of=/orders/dripping").body()).isEqualTo("0");
    }

    @Test
    void forgetsARequestWhoseBodyBreaksOff() throws IOException {
        try (Socket socket =
                gateway.connect("POST /orders/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")) {
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(service.get("/calls?of=/orders/broken").body()).isEqualTo("0");
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() {
        String answers = gateway.raw("GET /orders/slow?ms=200 HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /orders/second HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
                + "GET /nope HTTP/1.1\r\n" + LAST_HEADERS);

        assertThat(answers).containsSubsequence("at last", "/orders/second", "\"body\":\"{}\"", "not_found");
    }

    private static void assertProblem(String answer, int status, String code) {
        assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*");
        assertThat(answer.substring(0, answer.indexOf("\r\n\r\n")))
                .containsIgnoringCase("content-type: application/problem+json");
        assertThat(answer.getBytes(StandardCharsets.ISO_8859_1)).hasSizeLessThan(1_000);
        assertThat(Client.problem(answer).getString("code")).isEqualTo(code);
        assertThat(Client.problem(answer).getInteger("status")).isEqualTo(status);
        assertThat(Client.problem(answer).getString("trace_id"))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo("0".repeat(32));
    }
}
