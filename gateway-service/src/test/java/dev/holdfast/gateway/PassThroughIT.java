package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class PassThroughIT {
    private Client gateway;
    private Client service;
    private Client payments;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
        service = new Client(Client.upstream("orders").getPort());
        payments = new Client(Client.upstream("payments").getPort());
    }

    @Test
    void passesMethodTargetHeadersAndBodyOn() {
        HttpResponse<String> answer =
                gateway.send("POST", "/orders/x%20y?a=b&c=%2F", "{\"amount\":1.00}", "Idempotency-Key", "k1");

        JsonObject seen = new JsonObject(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(seen.getString("method")).isEqualTo("POST");
        assertThat(seen.getString("uri")).isEqualTo("/orders/x%20y?a=b&c=%2F");
        assertThat(seen.getString("body")).isEqualTo("{\"amount\":1.00}");
        assertThat(header(seen, "idempotency-key")).containsExactly("k1");
        assertThat(header(seen, "host"))
                .containsExactly(Client.upstream("orders").getAuthority());
    }

    @Test
    void tellsTheServiceWhoAskedAndBelievesNoClientAboutIt() {
        JsonObject seen = new JsonObject(gateway.raw("""
                GET /orders/echo HTTP/1.1\r
                Host: shop.example\r
                X-Forwarded-For: 6.6.6.6\r
                X-Forwarded-Prefix: /evil\r
                Forwarded: for=6.6.6.6\r
                X-Real-IP: 6.6.6.6\r
                Connection: close\r
                Connection: keep-alive, X-Secret\r
                X-Secret: 1\r
                TE: trailers\r
                Upgrade: h2c\r
                Proxy-Authorization: x\r
                \r
                """).transform(PassThroughIT::bodyOf));

        assertThat(header(seen, "x-forwarded-for")).containsExactly("127.0.0.1");
        assertThat(header(seen, "x-forwarded-host")).containsExactly("shop.example");
        assertThat(header(seen, "x-forwarded-proto")).containsExactly("http");
        assertThat(header(seen, "forwarded")).containsExactly("for=127.0.0.1;host=\"shop.example\";proto=http");
        assertThat(header(seen, "via")).containsExactly("1.1 holdfast");
        assertThat(seen.getJsonObject("headers").fieldNames())
                .doesNotContain(
                        "x-forwarded-prefix",
                        "x-real-ip",
                        "x-secret",
                        "te",
                        "upgrade",
                        "proxy-authorization",
                        "connection");
    }

    @Test
    void carriesTheTraceOn() {
        String trace = "0af7651916cd43dd8448eb211c80319c";

        JsonObject seen = new JsonObject(
                gateway.send("GET", "/orders/echo", "", "traceparent", "00-" + trace + "-b7ad6b7169203331-00")
                        .body());

        assertThat(header(seen, "traceparent")).singleElement().asString().startsWith("00-" + trace + "-");
        assertThat(new JsonObject(
                                gateway.send("GET", "/nope", "", "traceparent", "00-" + trace + "-b7ad6b7169203331-00")
                                        .body())
                        .getString("trace_id"))
                .isEqualTo(trace);
    }

    @Test
    void letsNoClientDecideWhetherItsTraceIsRecorded() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";

        JsonObject seen = new JsonObject(gateway.send("GET", "/orders/echo", "", "traceparent", trace + "01")
                .body());

        assertThat(header(seen, "traceparent")).containsExactly(trace + "00");
    }

    @Test
    void passesTheAnswerBackAsItIs() {
        HttpResponse<String> answer = gateway.get("/orders/created");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).contains("/orders/1?user_id=2");
        assertThat(answer.headers().firstValue("Link")).contains("</orders?cursor=x>; rel=\"next\"");
        assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers().map()).doesNotContainKeys("X-Hop", "Keep-Alive", "Connection");
    }

    @Test
    void answersHeadAndNotModifiedWithoutABody() {
        HttpResponse<String> head = gateway.send("HEAD", "/orders/head", "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("7");
        assertThat(head.body()).isEmpty();
        assertThat(gateway.get("/orders/not-modified").statusCode()).isEqualTo(304);
    }

    @Test
    void passesAnExpectedBodyOn() {
        String answer = gateway.raw("POST /orders/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(answer)
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
                .contains("\"body\":\"{}\"");
    }

    @Test
    void streamsAnAnswerOfAnySize() {
        assertThat(gateway.get("/orders/big?mebibytes=64").body()).hasSize(64 << 20);
    }

    @Test
    void serves1000ParallelRequests() {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 1_000)
                .mapToObj(i -> gateway.sendAsync("POST", "/orders/parallel-" + i, "body " + i))
                .toList();

        for (int i = 0; i < answers.size(); i++) {
            JsonObject seen = new JsonObject(answers.get(i).join().body());
            assertThat(seen.getString("uri")).isEqualTo("/orders/parallel-" + i);
            assertThat(seen.getString("body")).isEqualTo("body " + i);
        }
    }

    @Test
    void cancelsTheRequestOfAClientThatIsGone() throws IOException {
        try (Socket socket = gateway.connect("GET /orders/gone/never HTTP/1.1\r\nHost: x\r\n\r\n")) {
            await().until(() ->
                    service.get("/calls?of=/orders/gone/never").body().equals("1"));
            assertThat(socket.isConnected()).isTrue();
        }
        await().until(() ->
                service.get("/cancelled?of=/orders/gone/never").body().equals("1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/cut", "/orders/cut-chunked", "/orders/stall"})
    void closesTheConnectionWhereAnAnswerBreaksOff(String target) {
        assertThatThrownBy(() -> gateway.get(target))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void asksOnceMoreWhereAKeptConnectionWasClosedAndTheRequestHasNoEffect() {
        assertThat(gateway.get("/orders/a/drop-once").body()).isEqualTo("call 2");
    }

    @ParameterizedTest
    @CsvSource({"GET,2", "HEAD,2", "POST,1", "DELETE,1"})
    void neverSendsARequestWithAnEffectTwice(String method, String calls) {
        String target = "/orders/" + method + "/drop";

        HttpResponse<String> answer = gateway.send(method, target, "");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(service.get("/calls?of=" + target).body()).isEqualTo(calls);
    }

    @Test
    void saysThatAServiceCannotBeReachedWhileOthersAreServed() {
        HttpResponse<String> answer = gateway.send("POST", "/gone/x", "{}");

        assertProblem(answer, 503, "upstream_unavailable", "/gone/x");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(gateway.get("/orders/echo").statusCode()).isEqualTo(200);
        assertThat(Client.management().get("/q/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void saysThatAServiceTookTooLong() {
        HttpResponse<String> answer = gateway.get("/orders/late/never?x=1");

        assertProblem(answer, 504, "upstream_timeout", "/orders/late/never");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        await().until(() ->
                service.get("/cancelled?of=/orders/late/never?x=1").body().equals("1"));
    }

    @Test
    void refusesMoreThanMayWaitAtOnceAndServesOthers() {
        CompletableFuture<HttpResponse<String>> answering = gateway.sendAsync("GET", "/narrow/full/never", "");
        CompletableFuture<HttpResponse<String>> waiting = gateway.sendAsync("GET", "/narrow/full/never", "");
        await().until(() ->
                Client.management().get("/q/metrics").body().contains("gateway_in_flight{upstream=\"narrow\"} 2.0"));

        assertProblem(gateway.get("/narrow/one-more"), 503, "overloaded", "/narrow/one-more");

        assertThat(answering).isNotDone();
        assertThat(waiting).isNotDone();
        assertThat(gateway.get("/orders/echo").statusCode()).isEqualTo(200);
        answering.cancel(true);
        waiting.cancel(true);
        await().until(() -> gateway.get("/narrow/echo").statusCode() == 200);
    }

    @Test
    void refusesWhatWaitedTooLongForAConnection() {
        List<CompletableFuture<HttpResponse<String>>> answering = IntStream.range(0, 2)
                .mapToObj(i -> gateway.sendAsync("GET", "/accounts/" + i + "/never", ""))
                .toList();
        await().until(() -> IntStream.range(0, 2)
                .allMatch(i -> payments.get("/calls?of=/accounts/" + i + "/never")
                        .body()
                        .equals("1")));

        assertProblem(gateway.get("/accounts/late"), 503, "overloaded", "/accounts/late");

        answering.forEach(each -> each.cancel(true));
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code, String instance) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonObject problem = new JsonObject(answer.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getString("instance")).isEqualTo(instance);
        assertThat(problem.getString("trace_id")).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
    }

    private static List<String> header(JsonObject seen, String name) {
        return seen.getJsonObject("headers").getJsonArray(name, new JsonArray()).stream()
                .map(Object::toString)
                .toList();
    }

    private static String bodyOf(String rawResponse) {
        return rawResponse.substring(rawResponse.indexOf("\r\n\r\n") + 4);
    }
}
