package dev.holdfast.access;

import dev.holdfast.access.InvalidTokenException.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.InvalidJwtSignatureException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/** One issuer whose tokens are taken, and what they must be like. */
final class Issuer {
    private static final String NO_TYPE = "none";
    private static final String MEDIA_TYPE_PREFIX = "application/";

    /**
     * @param name the {@code iss}
     * @param audience what {@code aud} must hold
     * @param types what {@code typ} may be
     * @param rolesClaim null where the tokens say nothing of roles, and each has {@link Roles#SERVICE}
     */
    record Rules(
            String name,
            String audience,
            Set<String> algorithms,
            Set<String> types,
            @Nullable String rolesClaim,
            Duration leeway) {}

    /** No key fits: perhaps there is a new one. */
    private static final class NoSuchKeyException extends UnresolvableKeyException {
        private static final long serialVersionUID = 1;

        NoSuchKeyException() {
            super("no such key");
        }
    }

    private final Rules rules;
    private final TrustedKeys keys;
    private final JwtConsumer consumer;
    private final VerificationJwkSelector selector = new VerificationJwkSelector();
    private final Set<String> types;

    Issuer(Rules rules, TrustedKeys keys) {
        this.rules = rules;
        this.keys = keys;
        this.types = rules.types.stream().map(Issuer::normalized).collect(Collectors.toSet());
        // The signature first: what is in the token means nothing before.
        this.consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(
                        new AlgorithmConstraints(ConstraintType.PERMIT, rules.algorithms.toArray(String[]::new)))
                .setVerificationKeyResolver((signature, nesting) -> key(signature))
                .setExpectedIssuer(rules.name)
                .setExpectedAudience(rules.audience)
                .setRequireSubject()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) rules.leeway.toSeconds())
                .build();
    }

    TrustedKeys keys() {
        return keys;
    }

    /**
     * Verifies signature and claims against the keys that are known now.
     *
     * @param token parsed, and nothing more
     */
    Caller verify(JwtContext token) throws InvalidTokenException {
        JsonWebStructure signature = token.getJoseObjects().getFirst();
        if (!rules.algorithms.contains(signature.getAlgorithmHeaderValue())) {
            throw new InvalidTokenException(Reason.WRONG_ALGORITHM, null);
        }
        if (!types.contains(normalized(signature.getHeader("typ")))) {
            throw new InvalidTokenException(Reason.WRONG_TYPE, null);
        }
        try {
            consumer.processContext(token);
        } catch (InvalidJwtException e) {
            throw new InvalidTokenException(reason(e), null);
        }
        return caller(token.getJwtClaims());
    }

    private java.security.Key key(JsonWebSignature signature) throws UnresolvableKeyException {
        try {
            // By key id, type, use and algorithm; what the token itself brings as its key (jwk, jku, x5c) is not looked
            // at.
            PublicJsonWebKey key = (PublicJsonWebKey) selector.select(signature, List.copyOf(keys.known().keys));
            if (key == null) {
                throw new NoSuchKeyException();
            }
            return key.getPublicKey();
        } catch (JoseException e) {
            throw new UnresolvableKeyException("no key could be chosen", e);
        }
    }

    private static Reason reason(InvalidJwtException e) {
        if (e.hasExpired()) {
            return Reason.EXPIRED;
        }
        if (e.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
            return Reason.NOT_YET_VALID;
        }
        if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return Reason.WRONG_AUDIENCE;
        }
        if (e instanceof InvalidJwtSignatureException) {
            return Reason.WRONG_SIGNATURE;
        }
        for (@Nullable Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchKeyException) {
                return Reason.UNKNOWN_KEY;
            }
        }
        return Reason.MALFORMED;
    }

    private Caller caller(JwtClaims claims) {
        Map<String, Object> all = claims.getClaimsMap();
        Object client = all.getOrDefault("azp", all.get("client_id"));
        String subject = String.valueOf(all.get("sub"));
        Set<String> roles = rules.rolesClaim == null ? Set.of(Roles.SERVICE) : roles(all, rules.rolesClaim);
        return new Caller(subject, client instanceof String name ? name : null, roles);
    }

    /** A list, or words in one text, as {@code scope} has them; the claim may have a name with slashes, or be a path. */
    private static Set<String> roles(Map<String, Object> claims, String path) {
        Object value = claims.get(path);
        if (value == null) {
            value = claims;
            for (String name : path.split("/", -1)) {
                value = value instanceof Map<?, ?> inner ? inner.get(name) : null;
            }
        }
        Collection<?> named = switch (value) {
            case Collection<?> list -> list;
            case String words -> List.of(words.split(" ", -1));
            case null, default -> List.of();
        };
        return Roles.OF_USERS.stream().filter(named::contains).collect(Collectors.toUnmodifiableSet());
    }

    /** RFC 7515, section 4.1.9: a media type, in any case, whose prefix may be left out. */
    private static String normalized(@Nullable String type) {
        if (type == null) {
            return NO_TYPE;
        }
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith(MEDIA_TYPE_PREFIX) ? lower.substring(MEDIA_TYPE_PREFIX.length()) : lower;
    }
}
