package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.Roles;
import dev.holdfast.localstack.LocalKeys;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits where the gateway knows who its clients are. Each test sends from addresses of its own. */
@QuarkusTest
@QuarkusTestResource(value = SecuredServices.class, restrictToAnnotatedClass = true)
class IdentityLimitsIT {
    private static final int REQUESTS_PER_SUBJECT = 20;
    private static final int AT_ONCE_PER_SUBJECT = 4;
    private static final int UNAUTHORIZED = 5;

    /** Not its gauge, which is that of the first application of this JVM. */
    @Inject
    GatewayServer server;

    @ConfigProperty(name = "holdfast.gateway.upstreams.orders.addresses")
    URI orders;

    private Path key;
    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
        // Injected, it would have to be there in all other tests too.
        key = ConfigProvider.getConfig().getValue(SecuredServices.KEY, Path.class);
    }

    @Test
    void aCustomerHasLimitsOfItsOwnFromWhereverItAsks() {
        String anna = token(Roles.CUSTOMER);
        String first = get("127.0.11.1", anna);
        assertThat(first)
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nRateLimit: \"address\";r=99;t=1\r\n")
                .contains("\r\nRateLimit: \"subject\";r=19;t=1\r\n")
                .contains("\r\nRateLimit-Policy: \"subject\";q=20;w=10\r\n");

        assertThat(send("127.0.11.1", Collections.nCopies(REQUESTS_PER_SUBJECT * 2, anna)))
                .contains("HTTP/1.1 429 ")
                .contains("\r\nRateLimit: \"subject\";r=0;");
        String elsewhere = send("127.0.11.2", Collections.nCopies(REQUESTS_PER_SUBJECT * 2, anna));
        assertThat(elsewhere.split("HTTP/1\\.1 429 ", 2)[0].split("HTTP/1\\.1 200 ", -1))
                .hasSizeLessThan(REQUESTS_PER_SUBJECT / 2);
        assertThat(get("127.0.11.1", token(Roles.CUSTOMER))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void theShopsOwnServersAskForMany() {
        String backend = token(Roles.BACKEND);
        for (int i = 0; i < REQUESTS_PER_SUBJECT * 2; i++) {
            assertThat(get("127.0.12.1", backend)).startsWith("HTTP/1.1 200 ").doesNotContain("\"subject\"");
        }
    }

    @Test
    void anAddressThatKeepsGuessingIsNotHeardAndOthersAre() {
        int answered = 0;
        String answer = get("127.0.13.1", "guess");
        while (answer.startsWith("HTTP/1.1 401 ") && answered < UNAUTHORIZED * 4) {
            answered++;
            answer = get("127.0.13.1", "guess");
        }
        assertThat(answered).isGreaterThanOrEqualTo(UNAUTHORIZED);
        assertThat(answer).startsWith("HTTP/1.1 429 ").containsIgnoringCase("\r\nRetry-After: ");

        assertThat(get("127.0.13.2", token(Roles.CUSTOMER))).startsWith("HTTP/1.1 200 ");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("127.0.13.1", token(Roles.CUSTOMER)).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void whoeverIsKnownIsHeardBesideThem() {
        String known = token(Roles.CUSTOMER);
        assertThat(get("127.0.13.3", known)).startsWith("HTTP/1.1 200 ");
        List<String> sent = new ArrayList<>(Collections.nCopies(UNAUTHORIZED * 2, "guess"));
        sent.add(known);
        sent.add("guess");

        assertThat(send("127.0.13.3", sent))
                .matches("(?s)(HTTP/1.1 401 .*)(HTTP/1.1 429 .*)(HTTP/1.1 200 .*)(HTTP/1.1 429 .*)");
    }

    @Test
    void aClientThatDoesNotWaitForItsTokensKeyLeavesItsPlace() throws Exception {
        Path keys = Files.createTempDirectory("keys");
        new LocalKeys(keys).makeUpForContainers();
        String anna = token(keys.resolve("users.pem"), Roles.CUSTOMER);
        Promise<Buffer> key = Promise.promise();
        SecuredServices.publish(key.future());
        int asked = SecuredServices.asked();
        await().until(() -> server.openConnections() == 0);

        List<Socket> impatient = new ArrayList<>();
        for (int i = 0; i <= AT_ONCE_PER_SUBJECT; i++) {
            impatient.add(gateway.connect("127.0.14.1", request("/orders/impatient", anna)));
        }
        await().until(() -> SecuredServices.asked() > asked && server.openConnections() == impatient.size());
        for (Socket socket : impatient) {
            socket.close();
        }
        await().until(() -> server.openConnections() == 0);
        key.complete(Buffer.buffer(Files.readAllBytes(keys.resolve("public").resolve("users.pem"))));

        await().until(() -> get("127.0.14.2", anna).startsWith("HTTP/1.1 200 "));
        assertThat(new Client(orders.getPort())
                        .get("/calls?of=/orders/impatient")
                        .body())
                .isEqualTo("0");
    }

    private String token(String role) {
        return token(key, role);
    }

    private static String token(Path key, String role) {
        return ClientTokens.sign(key, role, UUID.randomUUID().toString(), Duration.ofMinutes(5));
    }

    private String get(String address, String token) {
        return gateway.rawFrom(address, request("/orders/echo", token));
    }

    /** On one connection, as so many of them take less time there than a few of them may be sent in. */
    private String send(String address, List<String> tokens) {
        StringBuilder requests = new StringBuilder();
        for (String token : tokens.subList(0, tokens.size() - 1)) {
            requests.append(request("/orders/echo", token).replace("Connection: close\r\n", ""));
        }
        return gateway.rawFrom(
                address,
                requests.append(request("/orders/echo", tokens.getLast())).toString());
    }

    private static String request(String target, String token) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + token
                + "\r\n\r\n";
    }
}
