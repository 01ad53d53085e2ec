package dev.holdfast.access;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** Makes any token, good or bad. */
final class TokenMaker {
    static final String ISSUER = "https://id.example";
    static final String AUDIENCE = "holdfast";

    final PublicJsonWebKey key;
    final String algorithm;
    final Map<String, Object> claims = new LinkedHashMap<>();
    final Map<String, Object> header = new LinkedHashMap<>();

    TokenMaker(PublicJsonWebKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
        long now = Instant.now().getEpochSecond();
        claims.putAll(Map.of(
                "iss", ISSUER, "aud", AUDIENCE, "sub", "somebody", "exp", now + 60, "roles", List.of(Roles.BACKEND)));
        header.put("typ", "at+jwt");
        header.put("kid", key.getKeyId());
    }

    TokenMaker with(Consumer<TokenMaker> change) {
        change.accept(this);
        return this;
    }

    TokenMaker claim(String name, Object value) {
        claims.put(name, value);
        return this;
    }

    TokenMaker without(String name) {
        claims.remove(name);
        return this;
    }

    TokenMaker header(String name, Object value) {
        header.put(name, value);
        return this;
    }

    TokenMaker withoutHeader(String name) {
        header.remove(name);
        return this;
    }

    String sign() {
        return sign(algorithm, key.getPrivateKey());
    }

    String unsigned() {
        return sign("none", null);
    }

    /** As an attacker signs who hopes that the public key is taken for a secret. */
    String signedBySymmetric(PublicJsonWebKey publicKey) {
        return sign(
                "HS256",
                new HmacKey(publicKey
                        .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)
                        .getBytes()));
    }

    private String sign(String by, java.security.Key signer) {
        try {
            JsonWebSignature signature = new JsonWebSignature();
            JwtClaims all = new JwtClaims();
            claims.forEach(all::setClaim);
            signature.setPayload(all.toJson());
            signature.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
            signature.setAlgorithmHeaderValue(by);
            header.forEach((name, value) -> {
                if (value instanceof PublicJsonWebKey embedded) {
                    signature.setJwkHeader(embedded);
                } else {
                    signature.setHeader(name, value);
                }
            });
            signature.setKey(signer);
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }
}
