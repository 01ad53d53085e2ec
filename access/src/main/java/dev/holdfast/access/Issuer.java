package dev.holdfast.access;

import dev.holdfast.access.InvalidTokenException.Reason;
import java.security.Key;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.KeyOperations;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.SimpleJwkFilter;
import org.jose4j.jwk.Use;
import org.jose4j.jws.EcdsaUsingShaAlgorithm;
import org.jose4j.jws.EdDsaAlgorithm;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.jwx.Headers;
import org.jose4j.lang.InvalidKeyException;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/** One issuer whose tokens are taken, and what they must be like. */
final class Issuer {
    private static final String NO_TYPE = "none";
    private static final String[] VERIFY = {KeyOperations.VERIFY};
    private static final String[] EDWARDS_CURVES = {
        OctetKeyPairJsonWebKey.SUBTYPE_ED25519, OctetKeyPairJsonWebKey.SUBTYPE_ED448
    };
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

    /** No key has signed it. */
    private static final class NoKeyException extends UnresolvableKeyException {
        private static final long serialVersionUID = 1;
        private final Reason reason;

        NoKeyException(Reason reason) {
            super(reason.text);
            this.reason = reason;
        }
    }

    private final Rules rules;
    private final TrustedKeys keys;
    private final JwtConsumer consumer;
    private final Set<String> types;
    private final boolean takesNoType;

    Issuer(Rules rules, TrustedKeys keys) {
        this.rules = rules;
        this.keys = keys;
        this.types = rules.types.stream()
                .filter(type -> !type.equals(NO_TYPE))
                .map(Issuer::normalized)
                .collect(Collectors.toSet());
        this.takesNoType = rules.types.contains(NO_TYPE);
        // The signature first: what is in the token means nothing before.
        this.consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(
                        new AlgorithmConstraints(ConstraintType.PERMIT, rules.algorithms.toArray(String[]::new)))
                .setVerificationKeyResolver((signature, nesting) -> keyOf(signature))
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
        Headers headers = token.getJoseObjects().getFirst().getHeaders();
        String algorithm = text(headers, HeaderParameterNames.ALGORITHM);
        if (algorithm == null || !rules.algorithms.contains(algorithm)) {
            throw new InvalidTokenException(Reason.WRONG_ALGORITHM, null);
        }
        String type = text(headers, HeaderParameterNames.TYPE);
        if (type == null ? !takesNoType : !types.contains(normalized(type))) {
            throw new InvalidTokenException(Reason.WRONG_TYPE, null);
        }
        try {
            consumer.processContext(token);
        } catch (InvalidJwtException e) {
            throw new InvalidTokenException(reason(e), null);
        }
        return caller(token.getJwtClaims());
    }

    /** Of whoever sent it, who may have put anything there. */
    private static @Nullable String text(Headers headers, String name) throws InvalidTokenException {
        return switch (headers.getObjectHeaderValue(name)) {
            case null -> null;
            case String text -> text;
            case Object other -> throw new InvalidTokenException(Reason.MALFORMED, null);
        };
    }

    /**
     * The key that has signed it, of those that it may name: a key without a name may be any. What the token itself brings
     * as its key (jwk, jku, x5c) is not looked at.
     */
    private Key keyOf(JsonWebSignature signature) throws UnresolvableKeyException {
        String name = signature.getKeyIdHeaderValue();
        boolean isNamed = false;
        try {
            for (JsonWebKey key : fitting(signature, name).filter(List.copyOf(keys.known().keys))) {
                if (hasSigned(key.getKey(), signature)) {
                    return key.getKey();
                }
                isNamed |= name != null && name.equals(key.getKeyId());
            }
        } catch (JoseException e) {
            throw new UnresolvableKeyException("no key could be tried", e);
        }
        throw new NoKeyException(isNamed ? Reason.WRONG_SIGNATURE : Reason.UNKNOWN_KEY);
    }

    private static boolean hasSigned(Key key, JsonWebSignature signature) throws JoseException {
        try {
            signature.setKey(key);
            return signature.verifySignature();
        } catch (InvalidKeyException tooWeak) {
            return false;
        }
    }

    private static SimpleJwkFilter fitting(JsonWebSignature signature, @Nullable String name) throws JoseException {
        SimpleJwkFilter filter = new SimpleJwkFilter();
        filter.setKty(signature.getKeyType());
        filter.setAlg(signature.getAlgorithmHeaderValue(), SimpleJwkFilter.OMITTED_OKAY);
        filter.setUse(Use.SIGNATURE, SimpleJwkFilter.OMITTED_OKAY);
        filter.setKeyOperations(VERIFY, SimpleJwkFilter.OMITTED_OKAY);
        if (signature.getAlgorithmNoConstraintCheck() instanceof EcdsaUsingShaAlgorithm elliptic) {
            filter.setCrv(elliptic.getCurveName(), SimpleJwkFilter.OMITTED_OKAY);
        } else if (signature.getAlgorithmNoConstraintCheck() instanceof EdDsaAlgorithm) {
            filter.setCrvs(EDWARDS_CURVES, SimpleJwkFilter.OMITTED_OKAY);
        }
        if (name != null) {
            filter.setKid(name, SimpleJwkFilter.OMITTED_OKAY);
        }
        return filter;
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
        if (e.hasErrorCode(ErrorCodes.SUBJECT_MISSING)
                || e.hasErrorCode(ErrorCodes.EXPIRATION_MISSING)
                || e.hasErrorCode(ErrorCodes.MALFORMED_CLAIM)) {
            return Reason.INCOMPLETE;
        }
        return e.getCause() instanceof NoKeyException noKey ? noKey.reason : Reason.MALFORMED;
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
    private static String normalized(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith(MEDIA_TYPE_PREFIX) ? lower.substring(MEDIA_TYPE_PREFIX.length()) : lower;
    }
}
