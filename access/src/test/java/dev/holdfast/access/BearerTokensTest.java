package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.access.InvalidTokenException.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tokens good and bad, and keys that come and go at a provider that is a real HTTP server. */
class BearerTokensTest {
    private static final Duration REFRESH = Duration.ofMillis(300);
    private static final Duration UNKNOWN_PAUSE = Duration.ofMillis(700);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger fetches = new AtomicInteger();
    private HttpServer provider;
    private volatile List<PublicJsonWebKey> published;
    /** In place of what is published. */
    private volatile String answer;

    private PublicJsonWebKey key;
    private BearerTokens tokens;

    @BeforeEach
    void startProvider() throws Exception {
        key = ec("one");
        published = List.of(key);
        startProvider(0);
        tokens = tokens(Duration.ofHours(1), Duration.ZERO);
    }

    @AfterEach
    void stop() {
        provider.stop(0);
        vertx.close();
    }

    @Test
    void takesTokensOfEachAlgorithmThatIsAllowed() throws Exception {
        PublicJsonWebKey rsa = RsaJwkGenerator.generateJwk(2048);
        rsa.setKeyId("rsa");
        PublicJsonWebKey ed = OkpJwkGenerator.generateJwk("Ed25519");
        ed.setKeyId("ed");
        published = List.of(key, rsa, ed);

        assertThat(caller(new TokenMaker(key, "ES256").sign()).roles()).containsExactly(Roles.BACKEND);
        assertThat(caller(new TokenMaker(rsa, "RS256").sign()).subject()).isEqualTo("somebody");
        assertThat(caller(new TokenMaker(rsa, "PS256").sign()).subject()).isEqualTo("somebody");
        assertThat(caller(new TokenMaker(ed, "EdDSA").sign()).subject()).isEqualTo("somebody");
        assertThat(reason(new TokenMaker(rsa, "RS512").sign())).isEqualTo(Reason.WRONG_ALGORITHM);
    }

    @Test
    void refusesWhatProvesNothing() throws Exception {
        long now = Instant.now().getEpochSecond();
        PublicJsonWebKey other = ec("one");
        Map<String, Reason> wrong = Map.ofEntries(
                Map.entry("", Reason.MALFORMED),
                Map.entry("a.b", Reason.MALFORMED),
                Map.entry("x".repeat(9_000), Reason.MALFORMED),
                Map.entry(good().claim("exp", now - 31).sign(), Reason.EXPIRED),
                Map.entry(good().claim("nbf", now + 60).sign(), Reason.NOT_YET_VALID),
                Map.entry(good().without("exp").sign(), Reason.INCOMPLETE),
                Map.entry(good().without("sub").sign(), Reason.INCOMPLETE),
                Map.entry(good().claim("iss", "https://evil.example").sign(), Reason.WRONG_ISSUER),
                Map.entry(good().without("iss").sign(), Reason.WRONG_ISSUER),
                Map.entry(good().claim("aud", "another").sign(), Reason.WRONG_AUDIENCE),
                Map.entry(good().without("aud").sign(), Reason.WRONG_AUDIENCE),
                Map.entry(good().header("typ", "logout+jwt").sign(), Reason.WRONG_TYPE),
                Map.entry(good().unsigned(), Reason.WRONG_ALGORITHM),
                Map.entry(good().signedBySymmetric(key), Reason.WRONG_ALGORITHM),
                Map.entry(new TokenMaker(other, "ES256").sign(), Reason.WRONG_SIGNATURE),
                Map.entry(good().header("kid", "two").sign(), Reason.UNKNOWN_KEY),
                Map.entry(
                        new TokenMaker(other, "ES256")
                                .header("jwk", other)
                                .header("kid", "embedded")
                                .sign(),
                        Reason.UNKNOWN_KEY),
                Map.entry(good().header("crit", List.of("new")).header("new", 1).sign(), Reason.MALFORMED));

        wrong.forEach((token, reason) -> assertThat(reason(token)).as(token).isEqualTo(reason));
    }

    /** Whoever knows the name of the issuer can make these, and needs no key for most of them. */
    @Test
    void takesHeadersAndClaimsOfAnotherKindForMalformed() throws Exception {
        for (Object other : List.of(1, true, 1.5, List.of("ES256"), List.of(), Map.of("a", "b"))) {
            for (String name : List.of("typ", "alg", "kid", "cty", "crit", "x5t")) {
                assertThat(reason(withHeader(good().sign(), name, other)))
                        .as("header %s: %s", name, other)
                        .isIn(
                                Reason.MALFORMED,
                                // What is not looked at, or is a list as it should be.
                                Reason.WRONG_SIGNATURE);
            }
            for (String name : List.of("exp", "nbf", "iat", "sub", "aud", "iss", "jti", "azp", "roles")) {
                Future<Caller> answer = answer(good().claim(name, other).sign());
                assertThat(answer.succeeded() || answer.cause() instanceof InvalidTokenException)
                        .as("claim %s: %s: %s", name, other, answer.cause())
                        .isTrue();
            }
            for (String name : List.of("exp", "sub", "aud", "iss")) {
                Future<Caller> answer = answer(good().claim(name, other).sign());
                assertThat(answer.failed()).as("claim %s: %s", name, other).isTrue();
            }
        }
        assertThat(reason(withHeader(good().sign(), "typ", 1))).isEqualTo(Reason.MALFORMED);
        assertThat(reason(withHeader(good().sign(), "alg", 1))).isEqualTo(Reason.MALFORMED);
        assertThat(reason(withHeader(good().sign(), "kid", 1))).isEqualTo(Reason.MALFORMED);
        String deep = "[".repeat(2_900);
        String parts =
                encoded("{\"alg\":\"ES256\",\"typ\":" + deep + "}") + "." + encoded("{\"iss\":" + deep) + ".AAAA";
        assertThat(reason(parts)).isEqualTo(Reason.MALFORMED);
    }

    private static String withHeader(String token, String name, Object value) {
        String[] parts = token.split("\\.");
        Map<String, Object> header = new LinkedHashMap<>();
        try {
            header.putAll(
                    JsonUtil.parseJson(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8)));
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
        header.put(name, value);
        return encoded(JsonUtil.toJson(header)) + "." + parts[1] + "." + parts[2];
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesATypeOfThatNameForNoMissingOne() throws Exception {
        tokens =
                tokens(config(REFRESH, UNKNOWN_PAUSE, provider.getAddress().getPort(), "roles", Set.of("none", "JWT")));

        assertThat(caller(good().withoutHeader("typ").sign())).isNotNull();
        assertThat(caller(good().header("typ", "application/jwt").sign())).isNotNull();
        assertThat(reason(good().header("typ", "none").sign())).isEqualTo(Reason.WRONG_TYPE);
        tokens = tokens(REFRESH, UNKNOWN_PAUSE);
        assertThat(reason(good().withoutHeader("typ").sign())).isEqualTo(Reason.WRONG_TYPE);
    }

    @Test
    void triesAllKeysThatATokenMayMean() throws Exception {
        PublicJsonWebKey second = ec("two");
        PublicJsonWebKey rsa = RsaJwkGenerator.generateJwk(2048);
        rsa.setAlgorithm("PS256");
        published = List.of(rsa, key, second);
        tokens = tokens(Duration.ofHours(1), UNKNOWN_PAUSE);

        assertThat(caller(new TokenMaker(second, "ES256").withoutHeader("kid").sign()))
                .isNotNull();
        assertThat(reason(new TokenMaker(second, "ES256").header("kid", "one").sign()))
                .isEqualTo(Reason.WRONG_SIGNATURE);
        assertThat(caller(new TokenMaker(rsa, "PS256").header("kid", "any").sign()))
                .isNotNull();
        // It is the only one that fits, and says that it is for another algorithm.
        assertThat(reason(new TokenMaker(rsa, "RS256").withoutHeader("kid").sign()))
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void takesTokensThatNameAnyKeyWhereTheKeysHaveNoNames() throws Exception {
        PublicJsonWebKey second = ec("second");
        key.setKeyId(null);
        second.setKeyId(null);
        published = List.of(key, second);
        tokens = tokens(Duration.ofHours(1), UNKNOWN_PAUSE);
        int before = fetches.get();
        long startNanos = System.nanoTime();

        for (PublicJsonWebKey signer : published) {
            assertThat(caller(new TokenMaker(signer, "ES256")
                            .header("kid", "name-of-the-provider")
                            .sign()))
                    .isNotNull();
            assertThat(caller(
                            new TokenMaker(signer, "ES256").withoutHeader("kid").sign()))
                    .isNotNull();
        }
        PublicJsonWebKey other = ec("other");
        for (int i = 0; i < 100; i++) {
            assertThat(reason(new TokenMaker(other, "ES256")
                            .header("kid", "made-up-" + i)
                            .sign()))
                    .isEqualTo(Reason.UNKNOWN_KEY);
        }
        long pauses = (System.nanoTime() - startNanos) / UNKNOWN_PAUSE.toNanos();
        assertThat((long) fetches.get() - before).isLessThanOrEqualTo(1 + pauses);
    }

    @Test
    void remembersNoMoreThanSoManyBytes() throws Exception {
        String token = good().claim("text", "x".repeat(5_000)).sign();
        assertThat(caller(token)).isNotNull();

        var bound = tokens.remembered.policy().eviction().orElseThrow();
        assertThat(bound.weightedSize().orElseThrow()).isGreaterThan(token.length());
        assertThat(bound.getMaximum()).isEqualTo(16 * 1024 * 1024);
    }

    @Test
    void leavesThirtySecondsForClocksThatDiffer() throws Exception {
        long now = Instant.now().getEpochSecond();

        assertThat(caller(good().claim("exp", now - 20).sign())).isNotNull();
        assertThat(caller(good().claim("nbf", now + 20).sign())).isNotNull();
    }

    @Test
    void readsRolesFromAClaimOrAPathOfClaimsAndGrantsNobodyTheRoleOfAService() throws Exception {
        assertThat(caller(good().claim("roles", "viewer service root").sign()).roles())
                .containsExactly(Roles.VIEWER);
        assertThat(caller(good().claim("roles", 7).sign()).roles()).isEmpty();
        tokens = tokens(Duration.ofHours(1), Duration.ZERO, "realm_access/roles");
        assertThat(caller(good().claim("realm_access", Map.of("roles", List.of("operator", "service")))
                        .claim("azp", "shop")
                        .sign()))
                .isEqualTo(new Caller("somebody", "shop", Set.of(Roles.OPERATOR)));
        assertThat(caller(good().sign()).roles()).isEmpty();
    }

    /** Some in a hundred went wrong, where the answer was over before it was read. */
    @RepeatedTest(60)
    void takesATokenOfAKeyThatWasJustPublishedAndOfTheOneBefore() throws Exception {
        PublicJsonWebKey next = ec("two");
        String early = good().sign();
        assertThat(caller(early)).isNotNull();
        published = List.of(key, next);

        assertThat(caller(new TokenMaker(next, "ES256").sign())).isNotNull();
        assertThat(caller(early)).isNotNull();
    }

    @Test
    void eachGoesOnInItsOwnContextWhereManyWaitForOneKey() throws Exception {
        PublicJsonWebKey next = ec("two");
        published = List.of(key, next);
        String token = new TokenMaker(next, "ES256").sign();
        List<CompletableFuture<Context>> wentOn = new ArrayList<>();
        List<Context> own = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            // As each request to a service has its own.
            Context context = ((ContextInternal) vertx.getOrCreateContext()).duplicate();
            CompletableFuture<Context> here = new CompletableFuture<>();
            context.runOnContext(
                    begun -> tokens.verify(token).onComplete(verified -> here.complete(Vertx.currentContext())));
            own.add(context);
            wentOn.add(here);
        }

        for (int i = 0; i < own.size(); i++) {
            assertThat(wentOn.get(i).get(10, TimeUnit.SECONDS)).isSameAs(own.get(i));
        }
    }

    @Test
    void asksTheProviderOnceHoweverManyUnknownKeysAreShown() throws Exception {
        tokens = tokens(Duration.ofHours(1), UNKNOWN_PAUSE);
        int before = fetches.get();
        long startNanos = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            assertThat(reason(good().header("kid", "made-up-" + i).sign())).isEqualTo(Reason.UNKNOWN_KEY);
        }

        // The keys were read a moment ago when the first one came. Without the pause there would be 200.
        long pauses = (System.nanoTime() - startNanos) / UNKNOWN_PAUSE.toNanos();
        assertThat((long) fetches.get() - before).isLessThanOrEqualTo(1 + pauses);
        PublicJsonWebKey next = ec("two");
        published = List.of(next);
        await().atMost(UNKNOWN_PAUSE.multipliedBy(5))
                .until(() -> answer(new TokenMaker(next, "ES256").sign()).succeeded());
    }

    @Test
    void takesATokenNoMoreOnceItsKeyIsRemoved() throws Exception {
        tokens = tokens(REFRESH, Duration.ZERO);
        String token = good().sign();
        assertThat(caller(token)).isNotNull();

        published = List.of(ec("two"));

        await().atMost(REFRESH.multipliedBy(10)).until(() -> answer(token).failed());
        assertThat(reason(token)).isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void goesOnWithTheKeysThatItKnowsWhileTheProviderIsAway() throws Exception {
        tokens = tokens(REFRESH, Duration.ZERO);
        provider.stop(0);
        await().pollDelay(REFRESH.multipliedBy(2)).until(() -> true);

        assertThat(caller(good().sign())).isNotNull();
        assertThat(reason(good().header("kid", "two").sign())).isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void goesOnWithItsKeysWhereTheProviderAnswersRubbish() throws Exception {
        tokens = tokens(REFRESH, Duration.ZERO);
        for (String rubbish : List.of(
                "",
                "[]",
                "{\"keys\":[",
                "{\"keys\":7}",
                "{\"key\":[]}",
                "{\"keys\":[{\"kty\":\"new\"}]}",
                "x".repeat(300_000))) {
            answer = rubbish;
            int before = fetches.get();
            await().until(() -> fetches.get() > before + 1);
            assertThat(caller(good().sign())).isNotNull();
        }
    }

    @Test
    void takesNoTokenOnceTheProviderHasNoKeyAnyMore() throws Exception {
        tokens = tokens(REFRESH, Duration.ZERO);
        String token = good().sign();
        for (String none : List.of("{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}")) {
            answer = null;
            await().atMost(REFRESH.multipliedBy(20)).until(() -> answer(token).succeeded());
            answer = none;
            await().atMost(REFRESH.multipliedBy(20)).until(() -> answer(token).failed());
            assertThat(reason(token)).isEqualTo(Reason.UNKNOWN_KEY);
        }
    }

    @Test
    void startsWithoutTheProviderAndSaysThatItCannotTellUntilItIsThere() throws Exception {
        int port = provider.getAddress().getPort();
        provider.stop(0);
        tokens = tokens(REFRESH, Duration.ZERO, port, "roles");
        String token = good().sign();

        assertThat(answer(token).cause()).isInstanceOf(KeysUnavailableException.class);
        startProvider(port);
        await().atMost(Duration.ofSeconds(10)).until(() -> answer(token).succeeded());
    }

    private TokenMaker good() {
        return new TokenMaker(key, "ES256");
    }

    private Caller caller(String token) {
        Future<Caller> answer = answer(token);
        assertThat(answer.succeeded()).as("%s", answer.cause()).isTrue();
        return answer.result();
    }

    private Reason reason(String token) {
        return ((InvalidTokenException) answer(token).cause()).reason();
    }

    private Future<Caller> answer(String token) {
        Future<Caller> answer = tokens.verify(token);
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(1, TimeUnit.MILLISECONDS)
                .until(answer::isComplete);
        return answer;
    }

    private BearerTokens tokens(Duration refresh, Duration unknownPause) {
        return tokens(refresh, unknownPause, "roles");
    }

    private BearerTokens tokens(Duration refresh, Duration unknownPause, String rolesClaim) {
        return tokens(refresh, unknownPause, provider.getAddress().getPort(), rolesClaim);
    }

    private BearerTokens tokens(Duration refresh, Duration unknownPause, int port, String rolesClaim) {
        return tokens(config(refresh, unknownPause, port, rolesClaim, Set.of("at+jwt", "JWT")));
    }

    private static AccessConfig config(
            Duration refresh, Duration unknownPause, int port, String rolesClaim, Set<String> types) {
        return new TestConfig(
                AccessConfig.Mode.JWT,
                refresh,
                unknownPause,
                List.of("http://127.0.0.1:" + port + "/jwks"),
                rolesClaim,
                types,
                List.of());
    }

    private BearerTokens tokens(AccessConfig config) {
        Issuers issuers = new Issuers(config, vertx, new SimpleMeterRegistry());
        issuers.start(null);
        return new BearerTokens(issuers, config);
    }

    private void startProvider(int port) throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        provider.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            String sent = answer == null ? new JsonWebKeySet(published).toJson(OutputControlLevel.PUBLIC_ONLY) : answer;
            byte[] body = sent.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        provider.start();
    }

    private static PublicJsonWebKey ec(String id) throws JoseException {
        PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        key.setKeyId(id);
        return key;
    }
}
