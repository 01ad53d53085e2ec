package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.access.InvalidTokenException.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One service calls another: what it signs, and what the other takes. */
class ServiceTokensTest {
    private static final String CALLER = "order-service";
    private static final String CALLED = "payment-service";

    private final Vertx vertx = Vertx.vertx();
    private final SettableClock clock = new SettableClock();

    @TempDir
    private Path directory;

    private Path keyFile;
    private Path publicFile;
    private BearerTokens called;

    @BeforeEach
    void trust() throws Exception {
        keyFile = directory.resolve("service.pem");
        publicFile = directory.resolve("service-public.pem");
        writeKey(directory.resolve("users.pem"), directory.resolve("users-public.pem"));
        writeKey(keyFile, publicFile);
        AccessConfig config = IssuersTest.config(Map.of(
                "AUTH_ISSUER",
                TokenMaker.ISSUER,
                "AUTH_KEYS",
                directory.resolve("users-public.pem").toString(),
                "holdfast.access.keys-unknown-pause",
                "0s",
                "holdfast.access.services.order-service.audience",
                CALLED,
                "holdfast.access.services.order-service.keys",
                publicFile.toString()));
        Issuers issuers = new Issuers(config, vertx, new SimpleMeterRegistry());
        issuers.start(null);
        called = new BearerTokens(issuers, config);
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void oneTokenServesManyCallsAndSaysThatAServiceCalls() throws Exception {
        ServiceTokens tokens = new ServiceTokens(CALLER, CALLED, keyFile, clock);
        String token = tokens.current();
        clock.forward(Duration.ofSeconds(29));

        assertThat(tokens.current()).isSameAs(token);
        assertThat(verified(token).result()).isEqualTo(new Caller(CALLER, null, Set.of(Roles.SERVICE)));
    }

    @Test
    void theNextTokenIsSignedByTheKeyThatTheFileHoldsThen() throws Exception {
        ServiceTokens tokens = new ServiceTokens(CALLER, CALLED, keyFile, clock);
        String token = tokens.current();
        assertThat(verified(token).succeeded()).isTrue();
        writeKey(keyFile, publicFile);
        clock.forward(Duration.ofSeconds(31));

        assertThat(tokens.current()).isNotEqualTo(token);
        assertThat(verified(tokens.current()).succeeded()).isTrue();
        assertThat(reason(token)).isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void theLastTokenIsUsedWhileTheKeyCannotBeReadAndNoLongerThanItIsGood() throws Exception {
        ServiceTokens tokens = new ServiceTokens(CALLER, CALLED, keyFile, clock);
        String token = tokens.current();
        String key = Files.readString(keyFile);
        Files.writeString(keyFile, key.substring(0, key.length() / 2));
        clock.forward(Duration.ofMinutes(4));
        assertThat(tokens.current()).isEqualTo(token);
        clock.forward(Duration.ofMinutes(2));
        assertThatThrownBy(tokens::current).isInstanceOf(IllegalStateException.class);

        Files.writeString(keyFile, key);
        assertThat(tokens.current()).isNotEqualTo(token);
    }

    @Test
    void aServiceIsNotStartedWithoutItsKey() {
        assertThatThrownBy(() -> new ServiceTokens(CALLER, CALLED, directory.resolve("missing.pem"), clock))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("missing.pem");
    }

    @Test
    void theRightKeyIsNotEnough() {
        assertThat(reason(signed(CALLER, CALLED, ServiceTokens.TYPE, -360))).isEqualTo(Reason.EXPIRED);
        assertThat(reason(signed(CALLER, "gateway", ServiceTokens.TYPE, 0))).isEqualTo(Reason.WRONG_AUDIENCE);
        for (String type : List.of("at+jwt", "JWT", "none")) {
            assertThat(reason(signed(CALLER, CALLED, type, 0))).isEqualTo(Reason.WRONG_TYPE);
        }
        assertThat(reason(signed("gateway", CALLED, ServiceTokens.TYPE, 0))).isEqualTo(Reason.WRONG_ISSUER);
        // It is no key of the identity provider.
        assertThat(reason(signed(TokenMaker.ISSUER, TokenMaker.AUDIENCE, "at+jwt", 0)))
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void theKeyOfTheIdentityProviderMakesNobodyAService() {
        String token = new TokenIssuer(CALLER, CALLED, ServiceTokens.TYPE, directory.resolve("users.pem"))
                .sign(CALLER, Map.of(), Instant.now(), Duration.ofMinutes(5));

        assertThat(reason(token)).isEqualTo(Reason.UNKNOWN_KEY);
    }

    private String signed(String issuer, String audience, String type, long secondsFromNow) {
        return new TokenIssuer(issuer, audience, type, keyFile)
                .sign(
                        CALLER,
                        Map.of("roles", List.of(Roles.OPERATOR)),
                        Instant.now().plusSeconds(secondsFromNow),
                        Duration.ofMinutes(5));
    }

    private Reason reason(String token) {
        return ((InvalidTokenException) verified(token).cause()).reason();
    }

    private Future<Caller> verified(String token) {
        Future<Caller> answer = called.verify(token);
        await().pollInterval(1, TimeUnit.MILLISECONDS).until(answer::isComplete);
        return answer;
    }

    private static void writeKey(Path keyFile, Path publicFile) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        String publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
        Files.writeString(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + publicKey);
        Files.writeString(publicFile, publicKey);
    }

    private static String pem(String label, byte[] encoded) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(encoded));
    }

    private static final class SettableClock extends Clock {
        private Instant now = Instant.now();

        void forward(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
