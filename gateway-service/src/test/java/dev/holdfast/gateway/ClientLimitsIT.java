package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One client takes no more than its share. Each test sends from addresses of its own. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class ClientLimitsIT {
    private static final int CONNECTIONS = 50;
    private static final int AT_ONCE = 10;
    private static final int REQUESTS = 100;

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @Test
    void anAddressHasSoManyConnectionsAndOthersGoOn() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                idle.add(gateway.connect("127.0.1.1", ""));
            }
            try (Socket oneMore = gateway.connect("127.0.1.1", "")) {
                assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(gateway.rawFrom("127.0.1.2", request("/orders/echo"))).startsWith("HTTP/1.1 200 ");
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        await().until(() -> {
            try (Socket again = gateway.connect("127.0.1.1", request("/orders/echo"))) {
                return again.getInputStream().read() == 'H';
            } catch (IOException refused) {
                return false;
            }
        });
    }

    @Test
    void anAddressHasSoManyRequestsAtOnceAndOthersGoOn() throws IOException {
        List<Socket> underWay = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            underWay.add(gateway.connect("127.0.2.1", request("/orders/" + i + "/slow?ms=2000")));
        }
        await().until(() ->
                gateway.rawFrom("127.0.2.1", request("/orders/echo")).startsWith("HTTP/1.1 429 "));

        String refused = gateway.rawFrom("127.0.2.1", request("/orders/echo"));
        assertThat(refused).containsIgnoringCase("\r\nRetry-After: 1\r\n");
        assertThat(Client.problem(refused).getString("code")).isEqualTo("too_many_requests");
        assertThat(gateway.rawFrom("127.0.2.2", request("/orders/echo"))).startsWith("HTTP/1.1 200 ");

        for (Socket socket : underWay) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .endsWith("at last");
            socket.close();
        }
        assertThat(gateway.rawFrom("127.0.2.1", request("/orders/echo"))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aClientThatGoesAwayLeavesItsPlaces() throws IOException {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < AT_ONCE; i++) {
                gateway.connect("127.0.2.3", request("/orders/" + round + "/" + i + "/slow?ms=3000"))
                        .close();
            }
        }
        await().until(() ->
                gateway.rawFrom("127.0.2.3", request("/orders/echo")).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void anAddressMaySendSoMuchAndIsToldWhatIsLeft() throws IOException {
        String first = gateway.rawFrom("127.0.3.1", request("/orders/echo"));
        assertThat(first)
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nRateLimit-Policy: \"address\";q=100;w=10\r\n")
                .contains("\r\nRateLimit: \"address\";r=99;t=1\r\n");

        String refused = sendUntilRefused("127.0.3.1", request("/orders/echo"));
        assertThat(refused)
                .containsIgnoringCase("\r\nRetry-After: 1\r\n")
                .contains("\r\nRateLimit-Policy: \"address\";q=100;w=10\r\n")
                .contains("\r\nRateLimit: \"address\";r=0;t=10\r\n");
        assertThat(Client.problem(refused).getString("code")).isEqualTo("too_many_requests");
        assertThat(gateway.rawFrom("127.0.3.2", request("/orders/echo"))).startsWith("HTTP/1.1 200 ");
        await().until(() ->
                gateway.rawFrom("127.0.3.1", request("/orders/echo")).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void isToldWhatIsLeftAlsoWhereAnAnswerBrokeOff() {
        assertThat(gateway.rawFrom("127.0.3.3", request("/orders/cut-before-the-body")))
                .startsWith("HTTP/1.1 502 ")
                .containsOnlyOnce("\r\nRateLimit-Policy: ")
                .containsOnlyOnce("\r\nRateLimit: ")
                .doesNotContain("content-length: 1000", "Content-Length: 1000");
        assertThat(gateway.rawFrom("127.0.3.3", request("/orders/cut-once")))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("call 2")
                .containsOnlyOnce("\r\nRateLimit-Policy: ")
                .containsOnlyOnce("\r\nRateLimit: ")
                .containsIgnoringCase("\r\ncache-control: no-store\r\n")
                .doesNotContain("X-Lost", "private");
    }

    @Test
    void whatCannotBeAnsweredIsCountedToo() throws IOException {
        String[] refused = {
            request("/orders//echo"),
            request("/orders/echo").replace("Host: x", "Host: a b"),
            request("/orders/echo").replace("GET", "BREW")
        };
        for (int i = 0; i < refused.length; i++) {
            String address = "127.0.9." + (i + 1);
            assertThat(sendMany(address, refused[i])).startsWith("HTTP/1.1 40");
            assertThat(servedAtOnce(address, request("/orders/echo"))).isLessThan(REQUESTS / 2);
        }
    }

    @Test
    void aTrustedProxySaysWhoItsClientIs() throws IOException {
        String one = request("/orders/echo", "X-Forwarded-For: 6.6.6.6, 203.0.113.9");
        JsonObject seen = Client.problem(gateway.rawFrom("127.0.7.1", one));
        assertThat(seen.getJsonObject("headers").getJsonArray("x-forwarded-for"))
                .containsExactly("6.6.6.6, 203.0.113.9, 127.0.7.1");

        sendUntilRefused("127.0.7.1", one);
        assertThat(servedAtOnce("127.0.7.2", one)).isLessThan(REQUESTS / 2);
        assertThat(gateway.rawFrom("127.0.7.1", request("/orders/echo", "X-Forwarded-For: 6.6.6.6, 203.0.113.10")))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void nobodyElseDoes() throws IOException {
        JsonObject seen =
                Client.problem(gateway.rawFrom("127.0.8.1", request("/orders/echo", "X-Forwarded-For: 203.0.113.11")));
        assertThat(seen.getJsonObject("headers").getJsonArray("x-forwarded-for"))
                .containsExactly("127.0.8.1");

        sendUntilRefused("127.0.8.1", request("/orders/echo", "X-Forwarded-For: 203.0.113.12"));
        assertThat(servedAtOnce("127.0.8.1", request("/orders/echo", "X-Forwarded-For: 203.0.113.13")))
                .isLessThan(REQUESTS / 2);
    }

    @Test
    void aBodyIsAsLongAsItsServiceNeeds() {
        assertThat(gateway.send("POST", "/pair/limits/echo", "x".repeat(8_192)).statusCode())
                .isEqualTo(200);
        assertThat(gateway.send("POST", "/pair/limits/echo", "x".repeat(8_193)).statusCode())
                .isEqualTo(413);
        assertThat(gateway.send("POST", "/orders/echo", "x".repeat(8_193)).statusCode())
                .isEqualTo(200);
    }

    /** The first answer that is no 200. */
    private String sendUntilRefused(String address, String request) throws IOException {
        String refused = sendMany(address, request).split("(?=HTTP/1\\.1 429 )", 3)[1];
        return refused.split("(?=HTTP/1\\.1 200 )", 2)[0];
    }

    /** How many answers come before that, of a client that has sent too much already: what it may send meanwhile. */
    private int servedAtOnce(String address, String request) throws IOException {
        return sendMany(address, request).split("HTTP/1\\.1 429 ", 2)[0].split("HTTP/1\\.1 200 ", -1).length - 1;
    }

    /** On one connection, as so many of them take less time there than a few of them may be sent in. */
    private String sendMany(String address, String request) throws IOException {
        String kept = request.replace("Connection: close\r\n", "");
        try (Socket socket = gateway.connect(address, kept.repeat(REQUESTS * 2) + request)) {
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answers).contains("HTTP/1.1 429 ");
            return answers;
        }
    }

    private static String request(String target, String... header) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + (header.length > 0 ? header[0] + "\r\n" : "") + "\r\n";
    }
}
