package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where one request ends and the next begins: whatever leaves that open is refused, and what follows is never read as a request. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class FramingIT {
    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.[01] \\d{3} ");
    private static final String SMUGGLED = "GET /orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String CHUNKED =
            "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    private Client gateway;
    private Client service;
    private String framedBefore;
    private String smuggledBefore;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
        service = new Client(Client.upstream("orders").getPort());
        framedBefore = calls("framed");
        smuggledBefore = calls("smuggled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10000000000000010",
                "100000010",
                "ffffffff00000010",
                "80000000",
                "+10",
                "-10",
                "0x10",
                " 10",
                "10 ",
                "1 0",
                "10\u000b",
                "1_0",
                "",
                ";a=b",
                "g",
                "10;a=\"\n\"",
                "10;a=\"b",
                "10;a=\u0001",
                "10;a=b\rc",
                "10\r"
            })
    void refusesAChunkSizeThatIsNotOfTheGrammar(String size) {
        assertRefused(CHUNKED + size + "\r\n" + "x".repeat(16) + "\r\n0\r\n\r\n" + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10\n0123456789abcdef\r\n0\r\n\r\n",
                "10\r\n0123456789abcdef\n0\r\n\r\n",
                "10\r\n0123456789abcdefgh0\r\n\r\n",
                "10\r\n0123456789abcdef\r\n0\n\n",
                "10\r\n0123456789abcdef\r\n0\r\n\n",
                "10\r\n0123456789abcdef\r\n0\r\nno trailer\r\n\r\n",
            })
    void refusesChunksThatDoNotEndAsTheyShould(String chunks) {
        assertRefused(CHUNKED + chunks + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.0\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST /orders/framed HTTP/1.1\nHost: x\n\n",
                "GET /orders/framed HTTP/1.1\r\nHost: x\r\nX: a\rGET /orders/smuggled HTTP/1.1\r\n\r\n"
            })
    void refusesABodyOfTwoLengths(String request) {
        assertRefused(request + SMUGGLED);
    }

    @ParameterizedTest
    @CsvSource({"GET /orders/framed HTTP/1.2", "PRI * HTTP/2.0", "GET /orders/framed HTTP/0.9", "GET / HTTP/3.0"})
    void saysWhichVersionsItSpeaks(String requestLine) {
        String answer = gateway.raw(requestLine + "\r\nHost: x\r\n\r\nSM\r\n\r\n" + SMUGGLED);

        assertThat(answer).startsWith("HTTP/1.1 505 ");
        assertOneProblem(answer, "http_version_not_supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1 x",
                "GET / HTTPS/1.1",
                "GET / HTTP/11",
                "GET / HTTP/1.",
                "GET  HTTP/1.1",
                "\u0016\u0003\u0001"
            })
    void refusesARequestLineThatIsNone(String requestLine) {
        String answer = gateway.raw(requestLine + "\r\nHost: x\r\n\r\n" + SMUGGLED);

        assertThat(answer).matches("(?s)HTTP/1\\.[01] (400|505) .*");
        assertThat(ANSWER.matcher(answer).results()).hasSize(1);
        assertThat(calls("smuggled")).isEqualTo(smuggledBefore);
    }

    @Test
    void answersWhatCameBeforeABrokenRequestAndNothingBehindIt() {
        String answers = gateway.raw("GET /orders/slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n" + CHUNKED
                + "100000010\r\n0123456789abcdef\r\n0\r\n\r\n" + SMUGGLED);

        assertThat(answers).startsWith("HTTP/1.1 200 ").contains("at last", "\r\n\r\n{\"type\":\"about:blank\"");
        assertThat(ANSWER.matcher(answers).results()).hasSize(2);
        assertThat(calls("framed")).isEqualTo(framedBefore);
        assertThat(calls("smuggled")).isEqualTo(smuggledBefore);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /orders/large HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
                "POST /docs/ HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
                "TRACE /orders/large HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n"
            })
    void readsNothingMoreAfterABodyThatItDidNotRead(String head) {
        String answers = gateway.raw(
                "GET /orders/slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n" + head + "x".repeat(65_537) + SMUGGLED);

        assertThat(ANSWER.matcher(answers).results()).hasSize(2);
        assertThat(answers).containsIgnoringCase("connection: close");
        assertThat(calls("smuggled")).isEqualTo(smuggledBefore);
    }

    @Test
    void answersARequestThatIsRefusedBeforeItsBodyTurnsOutToBeBroken() {
        String answer = gateway.raw(CHUNKED.replace("/orders/framed", "/orders/%zz") + "zz\r\n" + SMUGGLED);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertOneProblem(answer, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "x, close", "close, te"})
    void readsNothingMoreWhereTheClientSaidThatItIsTheLastRequest(String connection) {
        String answers = gateway.raw(
                "GET /orders/slow?ms=200 HTTP/1.1\r\nHost: x\r\nConnection: " + connection + "\r\n\r\n" + SMUGGLED);

        assertThat(ANSWER.matcher(answers).results()).hasSize(1);
        assertThat(calls("smuggled")).isEqualTo(smuggledBefore);
    }

    @Test
    void readsAWellFormedChunkedBodyAndThenTheNextRequest() {
        String answers = gateway.raw(
                CHUNKED.replace("framed", "chunks") + "0002;name=\"quoted \\\" ;\"\r\nab\r\n1;x\r\nc\r\n000\r\n"
                        + "Content-Length: 7\r\nX-Trailer: 1\r\n\r\n"
                        + "GET /orders/next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answers).containsSubsequence("/orders/chunks", "\"body\":\"abc\"", "/orders/next");
        assertThat(answers).doesNotContain("X-Trailer");
    }

    @Test
    void answersAHundredPipelinedRequestsOneAfterTheOther() {
        String answers = gateway.raw("POST /orders/many HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}".repeat(99)
                + "GET /orders/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(ANSWER.matcher(answers).results()).hasSize(100);
        assertThat(answers.split("/orders/many", -1)).hasSize(100);
        assertThat(answers.substring(answers.lastIndexOf("HTTP/1.1 "))).contains("/orders/last");
    }

    @Test
    void deliversItsRefusalAlsoToAClientThatIsStillSending() throws IOException {
        try (Socket socket = gateway.connect("GET /orders/framed HTTP/1.1\r\nX: " + "x".repeat(1 << 20))) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains(" 431 ")
                    .contains("headers_too_large");
        }
    }

    private void assertRefused(String request) {
        String answer = gateway.raw(request);

        assertThat(answer).matches("(?s)HTTP/1\\.[01] 400 .*");
        assertOneProblem(answer, "malformed_request");
        assertThat(calls("framed")).isEqualTo(framedBefore);
    }

    private void assertOneProblem(String answer, String code) {
        assertThat(ANSWER.matcher(answer).results()).hasSize(1);
        assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
        assertThat(answer).containsIgnoringCase("connection: close");
        assertThat(Client.problem(answer).getString("code")).isEqualTo(code);
        assertThat(calls("smuggled")).isEqualTo(smuggledBefore);
    }

    private String calls(String what) {
        return service.get("/calls?of=/orders/" + what).body();
    }
}
