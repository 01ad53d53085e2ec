package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.Roles;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final int UNAUTHORIZED = 5;

    @ConfigProperty(name = "holdfast.gateway.port")
    int port;

    private Path key;
    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = new Client(port);
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

        String refused = "";
        for (int i = 0; i < REQUESTS_PER_SUBJECT * 2 && !refused.startsWith("HTTP/1.1 429 "); i++) {
            refused = get("127.0.11." + (i + 1), anna);
        }
        assertThat(refused).startsWith("HTTP/1.1 429 ").contains("\r\nRateLimit: \"subject\";r=0;");
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

    private String token(String role) {
        return ClientTokens.sign(key, role, UUID.randomUUID().toString(), Duration.ofMinutes(5));
    }

    private String get(String address, String token) {
        return gateway.rawFrom(
                address,
                "GET /orders/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n");
    }
}
