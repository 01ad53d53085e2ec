package dev.holdfast.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * Signs tokens by a key in a file: those of a service, and, in place of an identity provider, those of a local stack.
 *
 * @param issuer the {@code iss}
 * @param audience the {@code aud}
 * @param type the {@code typ}
 * @param keyFile a PEM file with a PRIVATE KEY (PKCS #8) of P-256 and its PUBLIC KEY
 */
public record TokenIssuer(String issuer, String audience, String type, Path keyFile) {
    static final String ALGORITHM = "ES256";

    /**
     * Signs by the key that the file holds now.
     *
     * @param claims in addition to those of the issuer
     * @throws IllegalStateException where the file has no such key
     */
    public String sign(String subject, Map<String, ?> claims, Instant now, Duration lifetime) {
        JwtClaims all = new JwtClaims();
        claims.forEach(all::setClaim);
        all.setIssuer(issuer);
        all.setAudience(List.of(audience));
        all.setSubject(subject);
        all.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
        all.setExpirationTime(NumericDate.fromSeconds(now.plus(lifetime).getEpochSecond()));
        try {
            PublicJsonWebKey key = PemKeys.pair(Files.readString(keyFile));
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmHeaderValue(ALGORITHM);
            signature.setHeader("typ", type);
            signature.setKeyIdHeaderValue(key.getKeyId());
            signature.setKey(key.getPrivateKey());
            signature.setPayload(all.toJson());
            return signature.getCompactSerialization();
        } catch (IOException e) {
            throw new IllegalStateException("The key " + keyFile + " cannot be read", e);
        } catch (JoseException e) {
            throw new IllegalStateException("The key " + keyFile + " cannot sign: " + e.getMessage(), e);
        }
    }
}
