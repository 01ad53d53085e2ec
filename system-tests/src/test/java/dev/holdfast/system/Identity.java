package dev.holdfast.system;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.Roles;
import dev.holdfast.access.TokenIssuer;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** Who may come to the door. Of those that prove nothing, each has the claims of an operator. */
enum Identity {
    NO_TOKEN,
    EXPIRED,
    NOT_YET_VALID,
    WRONG_KEY,
    NO_ALGORITHM,
    PUBLIC_KEY_AS_SECRET,
    EMBEDDED_KEY,
    WRONG_AUDIENCE,
    WRONG_ISSUER,
    /** A header of a token is no text. */
    ODD_TYPE,
    /** These three with the key of order-service. */
    EXPIRED_SERVICE,
    SERVICE_FOR_ANOTHER,
    SERVICE_AS_USER,
    ANOTHER_SERVICE,
    WITHOUT_ROLE,
    CUSTOMER_OWN,
    CUSTOMER_OTHER,
    VIEWER,
    BACKEND,
    OPERATOR,
    SERVICE;

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    boolean provesNothing() {
        return compareTo(ANOTHER_SERVICE) <= 0;
    }

    /** The value of an {@code Authorization} header. */
    Optional<String> authorization(StackUnderTest stack, UUID user) throws Exception {
        return switch (this) {
            case NO_TOKEN -> Optional.empty();
            case EXPIRED -> bearer(operator(stack, ClientTokens.ISSUER, ClientTokens.AUDIENCE, Map.of(), -700));
            case NOT_YET_VALID ->
                bearer(operator(
                        stack,
                        ClientTokens.ISSUER,
                        ClientTokens.AUDIENCE,
                        Map.of("nbf", Instant.now().plusSeconds(300).getEpochSecond()),
                        0));
            case WRONG_KEY -> bearer(byOtherKey(false));
            case EMBEDDED_KEY -> bearer(byOtherKey(true));
            case NO_ALGORITHM -> bearer(json("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + claims(stack) + ".");
            case PUBLIC_KEY_AS_SECRET -> bearer(bySecret(stack));
            case WRONG_AUDIENCE -> bearer(operator(stack, ClientTokens.ISSUER, "another-api", Map.of(), 0));
            case WRONG_ISSUER -> bearer(operator(stack, "https://evil.example", ClientTokens.AUDIENCE, Map.of(), 0));
            case ODD_TYPE -> bearer(json("{\"alg\":\"ES256\",\"typ\":1}") + "." + claims(stack) + ".AAAA");
            case EXPIRED_SERVICE -> bearer(service(stack, "payment-service", "holdfast-service+jwt", -700));
            case SERVICE_FOR_ANOTHER -> bearer(service(stack, "order-service", "holdfast-service+jwt", 0));
            case SERVICE_AS_USER -> bearer(service(stack, "payment-service", "at+jwt", 0));
            // What order-service calls payment-service with says nothing to anybody else; signed by a user's key it
            // says nothing at all.
            case ANOTHER_SERVICE ->
                bearer(new TokenIssuer("order-service", "payment-service", "holdfast-service+jwt", stack.tokenKey())
                        .sign("order-service", Map.of(), Instant.now(), LIFETIME));
            case WITHOUT_ROLE -> bearer(ClientTokens.sign(stack.tokenKey(), Roles.SERVICE, user.toString(), LIFETIME));
            case CUSTOMER_OWN -> stack.tokens().customer(user);
            case CUSTOMER_OTHER -> stack.tokens().customer(UUID.randomUUID());
            case VIEWER -> bearer(ClientTokens.sign(stack.tokenKey(), Roles.VIEWER, "watcher", LIFETIME));
            case BACKEND -> stack.tokens().backend();
            case OPERATOR -> stack.tokens().operator();
            case SERVICE -> Optional.of(stack.serviceAuthorization());
        };
    }

    private static Optional<String> bearer(String token) {
        return Optional.of("Bearer " + token);
    }

    private static String operator(
            StackUnderTest stack, String issuer, String audience, Map<String, Object> claims, long secondsFromNow) {
        Map<String, Object> all = new java.util.HashMap<>(claims);
        all.put("roles", List.of(Roles.OPERATOR));
        return new TokenIssuer(issuer, audience, "at+jwt", stack.tokenKey())
                .sign("somebody", all, Instant.now().plusSeconds(secondsFromNow), LIFETIME);
    }

    private static String service(StackUnderTest stack, String audience, String type, long secondsFromNow) {
        Path key = stack.tokenKey().resolveSibling("order-service").resolve("key.pem");
        return new TokenIssuer("order-service", audience, type, key)
                .sign("order-service", Map.of(), Instant.now().plusSeconds(secondsFromNow), LIFETIME);
    }

    private static String claims(StackUnderTest stack) {
        return operator(stack, ClientTokens.ISSUER, ClientTokens.AUDIENCE, Map.of(), 0)
                .split("\\.")[1];
    }

    private static String bySecret(StackUnderTest stack) throws GeneralSecurityException, IOException {
        Path publicKey = stack.tokenKey().resolveSibling("public").resolve("users.pem");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Files.readAllBytes(publicKey), "HmacSHA256"));
        String signed = json("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + claims(stack);
        return signed + "." + encoded(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String byOtherKey(boolean isEmbedded) throws JoseException {
        PublicJsonWebKey other = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue("ES256");
        signature.setHeader("typ", "at+jwt");
        if (isEmbedded) {
            signature.setJwkHeader(other);
        }
        signature.setPayload("{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"somebody\",\"roles\":[\"operator\"],\"exp\":%d}"
                .formatted(
                        ClientTokens.ISSUER,
                        ClientTokens.AUDIENCE,
                        Instant.now().plus(LIFETIME).getEpochSecond()));
        signature.setKey(other.getPrivateKey());
        return signature.getCompactSerialization();
    }

    private static String json(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
