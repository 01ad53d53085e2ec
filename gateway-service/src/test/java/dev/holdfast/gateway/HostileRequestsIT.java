package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing that a client sends is a fault of the gateway: no 500, no error in the log, and always an answer. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class HostileRequestsIT {
    private static final int REQUESTS = 2_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) .*", Pattern.DOTALL);

    /** Only a version of HTTP that nobody speaks is answered with a 5xx, 505 (RFC 9110, section 15.6.6). */
    private static final Set<String> SERVER_FAULTS = Set.of("500", "501", "502", "503", "504");

    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "DELETE", "TRACE", "CONNECT", "get", "G\"T", "");
    private static final List<String> TARGETS = List.of(
            "/",
            "/docs",
            "/docs/",
            "/docs/index.html",
            "/docs/swagger-ui-bundle.js",
            "/docs/%ff",
            "/docs/%c0%af",
            "/docs/%2e",
            "/docs/a%00b",
            "/docs/~%5c",
            "/docs/x;y=z",
            "/docs/:a*",
            "/docs/" + "d/".repeat(1_000),
            "/docs/" + "n".repeat(3_000),
            "/openapi",
            "/openapi?format=yaml&format=%zz",
            "/openapi/%ff",
            "/q",
            "/q/",
            "/q/health",
            "/q/health/group/%ff",
            "/q/health/ready?a=%ff",
            "/q/metrics",
            "/q/metrics?name[]=%e0%80",
            "/q/metrics/%ff",
            "/q/health-ui",
            "/q/dev-ui",
            "/orders/echo",
            "/orders/%ff",
            "/orders/echo?%ff=%c0",
            "/accounts/echo?a=b&a=%zz",
            "/nope/%ff",
            "*",
            "http://x/docs/",
            "http://x",
            "http:///docs/",
            "http://[::1/q/health",
            "http://a%zz/q/health",
            "http://u:p@x:99999/q/metrics",
            "https://x?a=b",
            "HTTP://X/docs/",
            "//x/docs/",
            "?",
            "#",
            "/docs/#a",
            "/q/health?" + "a=b&".repeat(1_000));
    private static final List<String> HOSTS = List.of(
            "x",
            "x:80",
            "a b",
            "a:99999",
            "a:-1",
            "a:b",
            "a:",
            ":80",
            "",
            "[::1",
            "[::1]",
            "[::1]:80",
            "[zz]",
            "[]",
            "::1",
            "%zz",
            "%41",
            "a%00",
            "a/b",
            "a?b",
            "a#b",
            "u@a",
            "a,b",
            "a\"b",
            "\u00e4",
            "a\tb",
            "h".repeat(12_000));
    private static final List<String> HEADERS = List.of(
            "Accept: application/json",
            "Accept: application/json;q=2",
            "Accept: text/plain;q=x",
            "Accept: text/plain;q=",
            "Accept: ;;;",
            "Accept: /",
            "Accept: */x",
            "Accept: text/*;q=0",
            "Accept: " + "a/b,".repeat(500),
            "Accept: ",
            "Accept: \u00ff/\u00fe",
            "Accept: text/plain; version=9.9.9",
            "Accept: application/openmetrics-text; version=x",
            "Accept-Encoding: gzip;q=x, br;q=-1, *;q=9",
            "Accept-Encoding: ;",
            "Accept-Language: \u0001",
            "Accept-Charset: nope;q=x",
            "Range: bytes=99999999-",
            "Range: bytes=0-",
            "Range: bytes=5-1",
            "Range: bytes=-5",
            "Range: bytes=-",
            "Range: bytes=0-0,5-6",
            "Range: bytes=99999999999999999999-1",
            "Range: bytes=1-99999999999999999999",
            "Range: lines=1-2",
            "Range: \u00e4",
            "If-Range: x",
            "If-Modified-Since: yesterday",
            "If-Modified-Since: Thu, 01 Jan 99999 00:00:00 GMT",
            "If-Modified-Since: ",
            "If-Modified-Since: Thu, 32 Foo 2020 25:61:61 GMT",
            "If-Unmodified-Since: x",
            "If-None-Match: *",
            "If-None-Match: \"",
            "If-None-Match: ,,,W/",
            "If-Match: x",
            "Cache-Control: no-cache, max-age=x",
            "Content-Type: ;",
            "Content-Type: a/b; charset=nope",
            "Content-Type: multipart/form-data",
            "Content-Encoding: gzip",
            "Cookie: =;;a=b; c",
            "Cookie: \u00e4=\"",
            "Authorization: Basic !!!",
            "Authorization: Bearer",
            "Origin: null",
            "Origin: http://a b",
            "Access-Control-Request-Method: \u0001",
            "Expect: 200-ok",
            "Expect: 100-continue",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99",
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: !!",
            "Forwarded: for=\"",
            "X-Forwarded-For: \u00e4",
            "X-Forwarded-Host: [::",
            "X-Forwarded-Proto: ftp",
            "X-Forwarded-Port: x",
            "X-Http-Method-Override: DELETE",
            "traceparent: 00-x-y-z",
            "traceparent: 00-00000000000000000000000000000000-0000000000000000-00",
            "tracestate: ,=,=",
            "baggage: %zz=;=",
            "Connection: \u0001",
            "Connection: " + "x,".repeat(500),
            "Keep-Alive: timeout=-1",
            "TE: trailers, x;q=9",
            "Content-Length: 0",
            "Content-Length: 7",
            "Transfer-Encoding: chunked",
            "X\u00e4: y",
            ": y",
            "no colon",
            " folded: x",
            "X: a\u0000b",
            "X: " + "x".repeat(12_000));
    private static final List<String> VERSIONS =
            List.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "FOO/1.1", "");
    private static final List<String> BODIES = List.of(
            "",
            "",
            "",
            "{}",
            "0\r\n\r\n",
            "7\r\n{\"a\":1}\r\n0\r\n\r\n",
            "zz\r\n",
            "\u0000\u00ff",
            "GET / HTTP/1.1\r\n\r\n");

    @Test
    void answersWhateverIsSentAndFailsAtNothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Client gateway = Client.gateway();
        try (Errors errors = new Errors()) {
            for (int i = 0; i < REQUESTS; i++) {
                String request = request(random);
                String answer = gateway.rawHead(request);

                assertThat(answer).as("Seed %d, answer to: %s", seed, request).matches(STATUS);
                var status = STATUS.matcher(answer);
                assertThat(status.matches()).isTrue();
                assertThat(SERVER_FAULTS)
                        .as("Seed %d, %s to: %s", seed, answer, request)
                        .doesNotContain(status.group(1));
                assertThat(errors.seen)
                        .as("Seed %d, errors after: %s", seed, request)
                        .isEmpty();
            }
        }
    }

    private static String request(Random random) {
        StringBuilder request = new StringBuilder()
                .append(one(random, METHODS))
                .append(' ')
                .append(one(random, TARGETS))
                .append(' ')
                .append(one(random, VERSIONS))
                .append("\r\n");
        for (int hosts = random.nextInt(10) == 0 ? random.nextInt(3) : 1; hosts > 0; hosts--) {
            request.append("Host: ")
                    .append(random.nextInt(3) == 0 ? one(random, HOSTS) : "x")
                    .append("\r\n");
        }
        for (int headers = random.nextInt(4); headers > 0; headers--) {
            request.append(one(random, HEADERS)).append("\r\n");
        }
        return request.append("\r\n").append(one(random, BODIES)).toString();
    }

    private static String one(Random random, List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** What is logged as an error while it is open. */
    private static final class Errors extends Handler implements AutoCloseable {
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();

        Errors() {
            Logger.getLogger("").addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                seen.add(record.getLoggerName() + ": " + record.getMessage() + " " + record.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            Logger.getLogger("").removeHandler(this);
        }
    }
}
