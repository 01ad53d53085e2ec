package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes on the wire that no HTTP client would send, with a deposit hidden behind them. */
@SystemTest
class MalformedRequestsIT {
    private final StackUnderTest stack;

    MalformedRequestsIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void noDepositIsSmuggledBehindABodyOfDoubtfulLength(Door door) throws IOException {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("100.00");
        URI service = door == Door.GATEWAY ? stack.gateway() : stack.payments();
        String deposit =
                "POST /accounts/" + user + "/deposit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        String hidden = deposit + "Content-Length: 15\r\n\r\n{\"amount\":7.00}";
        for (String framing : List.of(
                "Transfer-Encoding: chunked\r\n\r\n10000000000000010\r\n{\"amount\": 5.00}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n100000010\r\n{\"amount\": 5.00}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n10;a=\"\n\"\r\n{\"amount\": 5.00}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 26\r\n\r\n10\r\n{\"amount\": 5.00}\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n10\r\n{\"amount\": 5.00}\r\n0\r\n\r\n",
                "Content-Length: 15\r\nContent-Length: 16\r\n\r\n{\"amount\":5.00}")) {
            String answers = raw(service, deposit + framing + hidden);

            assertThat(answers).as(framing).matches("(?s)HTTP/1\\.[01] 4.*");
            assertThat(answers.split("HTTP/1\\.[01] \\d{3} ", -1)).as(framing).hasSize(2);
        }

        shop.awaitAccount(user, "100.00", "0.00");
    }

    @Test
    void longLinesAndHeadersMeetOneSetOfLimitsEachAnsweredByAProblem() throws IOException {
        for (int length = 4_000; length <= 12_000; length += 100) {
            for (String path : List.of("/orders?", "/accounts/" + UUID.randomUUID() + "?")) {
                String answer = raw(
                        stack.gateway(),
                        "GET " + path + "x".repeat(length) + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
                                + stack.tokens().operator().orElseThrow() + "\r\nConnection: close\r\n\r\n");
                assertThat(answer).matches("(?s)HTTP/1\\.[01] (400|404|414) .*").contains("trace_id");
            }
        }
        for (int length = 4_000; length <= 24_000; length += 1_000) {
            for (String header : List.of("Host: ", "Host: x\r\nX: ")) {
                String answer = raw(
                        stack.gateway(),
                        "GET /orders HTTP/1.1\r\nConnection: close\r\nAuthorization: "
                                + stack.tokens().operator().orElseThrow() + "\r\n" + header + "x".repeat(length)
                                + "\r\n\r\n");
                assertThat(answer).matches("(?s)HTTP/1\\.[01] (400|431) .*").contains("trace_id");
            }
        }
    }

    @Test
    void nothingThatAClientAsksOfThePagesIsAFaultOfTheGateway() throws IOException {
        for (String range : List.of("bytes=99999999-", "bytes=5-1", "bytes=99999999999999999999-", "bytes=-", "x")) {
            for (String page : List.of("/docs/swagger-ui-bundle.js", "/docs/index.html", "/openapi")) {
                assertThat(get(page, "Host: x\r\nRange: " + range))
                        .as(page + " " + range)
                        .matches("(?s)HTTP/1\\.1 (200 .*|416 .*\"code\":\"range_not_satisfiable\".*)");
            }
        }
        for (String host : List.of("a b", "a:99999", "[::1", "%zz", "x\r\nHost: y")) {
            for (String page : List.of("/docs/", "/openapi", "/q/health", "/orders", "/nope")) {
                assertThat(get(page, "Host: " + host))
                        .as(page + " " + host)
                        .matches("(?s)HTTP/1\\.1 400 .*\"code\":\"malformed_request\".*");
            }
        }
    }

    @Test
    void noAnswerTellsWhatGaveIt() throws IOException {
        String user = UUID.randomUUID().toString();
        List<String> requests = List.of(
                "nonsense",
                "GET / HTTP/9.9\r\nHost: x",
                "GET /orders?user_id=" + user + " HTTP/1.1\r\nHost: x\r\nCookie: a=\u0001",
                "GET /orders?user_id=%ff HTTP/1.1\r\nHost: x",
                "GET /accounts/" + user + "/%2e%2e/x HTTP/1.1\r\nHost: x",
                "GET /docs/%00 HTTP/1.1\r\nHost: x",
                "GET /docs/%5c..%5c HTTP/1.1\r\nHost: x",
                "GET /docs/" + "d/".repeat(1_000) + " HTTP/1.1\r\nHost: x",
                "GET /openapi/%ff HTTP/1.1\r\nHost: x",
                "GET /openapi?format=%zz HTTP/1.1\r\nHost: x",
                "GET /q/health/group/x HTTP/1.1\r\nHost: x",
                "TRACE /orders HTTP/1.1\r\nHost: x",
                "OPTIONS * HTTP/1.1\r\nHost: x",
                "CONNECT x:1 HTTP/1.1\r\nHost: x",
                "POST /orders?user_id=" + user + " HTTP/1.1\r\nHost: x\r\nContent-Length: x",
                "POST /accounts/" + user + "/deposit HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 1\r\n\r\nx",
                "POST /accounts/" + user + "/deposit HTTP/1.1\r\nHost: x\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{\"\u00ff",
                "POST /holds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 13\r\n\r\n{\"holds\":[1]}",
                "POST /admin/payments/dead-letters/replay HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 13\r\n\r\n{\"reason\":[]}",
                "GET /admin/orders/dead-letters?cursor=AZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ HTTP/1.1\r\nHost: x",
                "GET /admin/reconciliation?limit=9999999999999999 HTTP/1.1\r\nHost: x",
                "GET /orders HTTP/1.1\r\nHost: x\r\nExpect: nothing",
                "GET /orders HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ");
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            for (String request : requests) {
                String whole = request.contains("\r\n\r\n") ? request : request + "\r\n\r\n";
                String answer = raw(service, whole.replaceFirst("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));

                assertThat(Discretion.telltales(answer))
                        .as("%s of %s: %s", request, service, answer)
                        .isEmpty();
                assertThat(answer).as(request).doesNotContainIgnoringCase("\r\nserver:", "\r\nx-powered-by:");
            }
        }
    }

    private String get(String page, String headers) throws IOException {
        return raw(stack.gateway(), "GET " + page + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n");
    }

    /** All that comes until the connection is closed. */
    private static String raw(URI service, String request) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
