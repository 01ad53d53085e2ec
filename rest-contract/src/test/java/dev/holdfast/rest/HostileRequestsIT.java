package dev.holdfast.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Header lines as they are, which no HTTP client would send. */
@QuarkusTest
class HostileRequestsIT {
    private static final String GIFT = "/gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    private static final byte[] BODY = "{\"amount\":1}".getBytes(StandardCharsets.UTF_8);
    private static final String JSON = "Content-Type: application/json";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Idempotency-Key:    | Idempotency-Key: a | Idempotency-Key",
                "Idempotency-Key: a  | Idempotency-Key:   | Idempotency-Key",
                "Idempotency-Key: a  | idempotency-key: b | Idempotency-Key",
                "Idempotency-Key: a  | Idempotency-Key: a | Idempotency-Key",
                "Idempotency-Key:    | X-Any: a           | Idempotency-Key",
                "X-Operator: a       | X-Operator: b      | X-Operator",
                "Authorization: Bearer a | Authorization: Bearer b | Authorization",
                "X-Operator:         | X-Any: a           | X-Operator",
                "Content-Type: application/json | X-Any: a | Content-Type",
                "Host: y             | X-Any: a           | Host"
            })
    void refusesAHeaderThatIsThereTwiceOrEmpty(String one, String other, String name) throws IOException {
        String answer = post(BODY, JSON, one, other);
        assertThat(answer).startsWith("HTTP/1.1 400");
        // Netty itself may refuse a second Host, and then without a body.
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text)
                                .contains("\"code\":\"validation_failed\"", "\"field\":\"" + name + "\""),
                        text -> assertThat(name).isEqualTo("Host"));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=,limit",
        "cursor=,cursor",
        "wrapping=,wrapping",
        "limit,limit",
        "limit=1&limit=2,limit",
        "limit=1&limit=1,limit",
        "limit=1&LIMIT=2,limit",
        "wrapping=PAPER&wrapping=,wrapping",
        "limit=5&cursor=,cursor",
        "%6Cimit=1&limit=2,limit"
    })
    void refusesAQueryParameterThatIsThereTwiceOrEmpty(String query, String name) {
        String answer = given().urlEncodingEnabled(false).get("/gifts?" + query).asString();
        assertThat(answer)
                .contains("\"code\":\"validation_failed\"")
                .containsIgnoringCase("\"field\":\"" + name + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b", "a:99999", "[::1", "%zz", "a:b", "a/b", "é", "a,b:1:2", "[", "]", "a:-1", "\"", "{}"})
    void aWrongHostIsNoFaultOfTheService(String host) throws IOException {
        String answer = send("GET /gifts HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n", new byte[0]);
        // Without a body of ours: the HTTP server refuses it before any handler. Clients meet the gateway, whose
        // answer is a problem.
        assertThat(answer).startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8001", "[::1]:80", "127.0.0.1", "a_b.c", "x.y.:1"})
    void aRightHostIsTaken(String host) throws IOException {
        assertThat(send("GET /gifts HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n", new byte[0]))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: a b",
                "Accept: ;;;",
                "Accept: */*;q=x",
                "Accept: application/json;q=2",
                "Accept: /",
                "Accept:",
                "Accept: ,,,",
                "Accept: text/",
                "Accept: *",
                "Accept: a/b/c",
                "Accept: \"",
                "Range: bytes=99999999-",
                "Range: bytes=9-1",
                "Range: lines=1",
                "Expect: 5",
                "Cookie: =;;=\u0001",
                "Forwarded: host=a b",
                "X-Forwarded-Host: [",
                "X-Forwarded-Port: x",
                "Accept-Language: !!",
                "traceparent: 00-x",
                "tracestate: =",
                "If-Modified-Since: x",
                "Authorization: Basic !",
                "Accept-Charset: x",
                "Origin: %%%",
                "Upgrade: h2c",
                "baggage: ===",
                "Connection: x, close",
                "Accept-Encoding: %"
            })
    void noHeaderMakesItFail(String header) throws IOException {
        for (String path : List.of("/gifts", "/docs/", "/openapi", "/q/x", "/nowhere")) {
            assertThat(send(
                            "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\nConnection: close\r\n\r\n",
                            new byte[0]))
                    .as(path)
                    .matches("(?s)HTTP/1.1 [234]..*");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%",
                "/%g0",
                "/%c0%af",
                "/%ff",
                "/gifts?%",
                "/gifts?limit=%zz",
                "/gifts?limit=%c0%af",
                "/gifts?%ff=1",
                "/gifts?wrapping=%ed%a0%80",
                "/docs/%",
                "/docs/%00",
                "/openapi?format=%zz",
                "/openapi?format=x",
                "/gifts/%2e%2e/x",
                "/gifts/%5c",
                "/gifts;x=%",
                "/..%2f..",
                "//gifts//",
                "/gifts/%0d%0a",
                "/gifts?&&&",
                "/gifts?=1",
                "/gifts?limit=1e999999999",
                "*",
                "http://x",
                "/gifts?" + "a&b"
            })
    void noTargetMakesItFail(String target) throws IOException {
        assertThat(send("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", new byte[0]))
                .matches("(?s)HTTP/1.1 ([23]|4.*application/problem\\+json|40[04] .*content-length: 0).*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//gifts", "/gifts//", "/gifts;x=1", "/gifts;", "/;x/gifts", "/docs//", "/docs/;x"})
    void refusesAPathThatIsAnotherSpellingOfOne(String target) throws IOException {
        assertThat(send("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", new byte[0]))
                .matches("(?s)HTTP/1.1 400 .*application/problem\\+json.*bad_request.*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "",
                "application",
                "application/",
                "/json",
                "json",
                "application json",
                "application/json/x",
                "application/json, text/plain",
                "application/json; charset=utf-16",
                "application/json;charset=\"ISO-8859-1\"",
                "application/json; charset",
                "text/plain",
                "é/x"
            })
    void refusesABodyOfAnyOtherType(String type) throws IOException {
        assertThat(post(BODY, "Content-Type: " + type))
                .startsWith("HTTP/1.1 415")
                .contains("unsupported_media_type", "application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json;",
                "application/json; a=\"b c\""
            })
    void takesJsonHoweverItsTypeIsWritten(String type) throws IOException {
        assertThat(post(BODY, "Content-Type: " + type)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "gzip, identity", "x", ""})
    void refusesAnEncodedBodyAndSaysWhatItTakes(String encoding) throws IOException {
        assertThat(post(BODY, JSON, "Content-Encoding: " + encoding))
                .startsWith("HTTP/1.1 415")
                .containsIgnoringCase("accept-encoding: identity")
                .contains("unsupported_media_type");
        assertThat(post(BODY, JSON, "Content-Encoding: identity")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32LE"})
    void refusesABodyThatIsNotUtf8(String charset) throws IOException {
        assertThat(post("{\"amount\":1}".getBytes(Charset.forName(charset)), JSON))
                .startsWith("HTTP/1.1 400")
                .contains("malformed_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0AF", "C080", "E080AF", "F08080AF", "EDA080", "FF", "C3", "F4908080", "80"})
    void refusesWhatIsNoUtf8WithinAString(String bytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("{\"amount\":1,\"card_text\":\"".getBytes(StandardCharsets.UTF_8));
        body.writeBytes(java.util.HexFormat.of().parseHex(bytes));
        body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(post(body.toByteArray(), JSON)).startsWith("HTTP/1.1 400").contains("malformed_json");
    }

    @Test
    void readsATypeHoweverLongItIs() throws IOException {
        assertThat(post(BODY, "Content-Type: application/json" + ";".repeat(15_000)))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void takesUtf8OfEveryLength() throws IOException {
        assertThat(post("{\"amount\":1,\"card_text\":\"aß☕🫖\"}".getBytes(StandardCharsets.UTF_8), JSON))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | /gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301 | OPTIONS, POST",
                "PUT    | /gifts                                      | GET, HEAD, OPTIONS",
                "POST   | /gifts/failures/x                           | GET, HEAD, OPTIONS",
                "PATCH  | /gifts/gone/                                | GET, HEAD, OPTIONS, POST"
            })
    void saysWhichMethodsAPathTakes(String method, String path, String allowed) {
        assertThat(given().request(method, path).statusCode()).isEqualTo(405);
        assertThat(given().request(method, path).header("Allow")).isEqualTo(allowed);
        assertThat(given().options(path).header("Allow")).isEqualTo(allowed);
    }

    @Test
    void writesTimesWithSixDecimalsAlways() {
        assertThat(given().get("/gifts/times").asString())
                .isEqualTo("[\"2026-01-31T12:00:00.000000Z\",\"2026-01-31T12:00:00.120000Z\","
                        + "\"2026-01-31T12:00:00.123456Z\"]");
    }

    private static String post(byte[] body, String... headers) throws IOException {
        return send(
                "POST " + GIFT + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n"
                        + String.join("\r\n", headers) + "\r\n\r\n",
                body);
    }

    private static String send(String head, byte[] body) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
