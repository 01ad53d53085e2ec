package dev.holdfast.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.access.InvalidTokenException.Reason;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Map;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jspecify.annotations.Nullable;

/**
 * Verifies bearer tokens (RFC 6750, 7519, 8725). A token that was verified is known again until it expires or the keys of its
 * issuer change, as a signature costs more than all else of a request.
 */
@ApplicationScoped
@RegisterForReflection(classNames = BearerTokens.CACHE)
public class BearerTokens {
    /** A longer one is no token of ours, and no work is done for it. */
    private static final int CHARACTERS_MAX = 8 * 1024;

    /** How much is remembered, about in bytes: ten thousand tokens and more, as most providers make them. */
    private static final int REMEMBERED_BYTES_MAX = 16 * 1024 * 1024;

    /** What remembering a token takes beside its characters. */
    private static final int VERIFIED_BYTES = 512;

    /** Of the caches that are bounded by weight, which quarkus-caffeine does not make known to native images. */
    static final String CACHE = "com.github.benmanes.caffeine.cache.SSMW";

    /** @param keys it was verified by these */
    record Verified(Caller caller, Issuer issuer, TrustedKeys.Known keys, long goodUntilSeconds) {}

    /** Takes nothing for true: it is for the issuer's name alone. */
    private static final JwtConsumer UNVERIFIED = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    private final Map<String, Issuer> issuers;
    private final long leewaySeconds;
    private final Clock clock = Clock.systemUTC();
    final Cache<String, Verified> remembered = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES_MAX)
            .weigher((String token, Verified verified) -> token.length() + VERIFIED_BYTES)
            .executor(Runnable::run)
            .build();

    BearerTokens(Issuers issuers, AccessConfig config) {
        this.issuers = issuers.byName();
        this.leewaySeconds = config.leeway().toSeconds();
    }

    /**
     * Says whose token it is. Complete at once, unless a key has to be fetched first; then in the Vert.x context of the
     * caller, whose request is bound to it.
     *
     * @param token without {@code Bearer}
     * @return fails with {@link InvalidTokenException}, or {@link KeysUnavailableException} while nobody can tell
     */
    public Future<Caller> verify(String token) {
        Verified known = remembered.getIfPresent(token);
        if (known != null && isGood(known)) {
            return Future.succeededFuture(known.caller);
        }
        try {
            JwtContext parsed = parse(token);
            Issuer issuer = issuer(parsed);
            TrustedKeys.Known keys = issuer.keys().known();
            try {
                return Future.succeededFuture(verify(token, parsed, issuer, keys));
            } catch (InvalidTokenException e) {
                return e.reason() == Reason.UNKNOWN_KEY
                        ? verifyByNewKeys(token, parsed, issuer, keys, e)
                        : Future.failedFuture(e);
            }
        } catch (InvalidTokenException e) {
            return Future.failedFuture(e);
        }
    }

    /** Whether it was verified before and is still good: no more than a look-up. */
    public boolean isKnown(String token) {
        Verified known = remembered.getIfPresent(token);
        return known != null && isGood(known);
    }

    private boolean isGood(Verified known) {
        return known.keys == known.issuer.keys().known() && clock.instant().getEpochSecond() < known.goodUntilSeconds;
    }

    /** @param unknown by these keys; where there are no others it is not verified again */
    private Future<Caller> verifyByNewKeys(
            String token, JwtContext parsed, Issuer issuer, TrustedKeys.Known keys, InvalidTokenException unknown) {
        return inOwnContext(issuer.keys().readForUnknownKey()).compose(read -> {
            TrustedKeys.Known now = issuer.keys().known();
            if (issuer.keys().areUnread()) {
                return Future.failedFuture(new KeysUnavailableException());
            } else if (now == keys) {
                return Future.failedFuture(unknown);
            }
            try {
                return Future.succeededFuture(verify(token, parsed, issuer, now));
            } catch (InvalidTokenException e) {
                return Future.failedFuture(e);
            }
        });
    }

    /** All wait for the same reading, which ends in the context of whoever began it. */
    private static Future<Void> inOwnContext(Future<Void> reading) {
        @Nullable Context own = Vertx.currentContext();
        if (own == null || reading.isComplete()) {
            return reading;
        }
        Promise<Void> read = Promise.promise();
        reading.onComplete(ended -> own.runOnContext(back -> read.handle(ended)));
        return read.future();
    }

    private Caller verify(String token, JwtContext parsed, Issuer issuer, TrustedKeys.Known keys)
            throws InvalidTokenException {
        try {
            Caller caller = issuer.verify(parsed);
            remembered.put(token, new Verified(caller, issuer, keys, expirySeconds(parsed) + leewaySeconds));
            return caller;
        } catch (RuntimeException unforeseen) {
            // Anybody may send anything, and the library takes some of it for what it is not.
            throw new InvalidTokenException(Reason.MALFORMED, null);
        }
    }

    private Issuer issuer(JwtContext parsed) throws InvalidTokenException {
        Object name = parsed.getJwtClaims().getClaimValue("iss");
        Issuer issuer = name instanceof String text ? issuers.get(text) : null;
        if (issuer == null) {
            throw new InvalidTokenException(Reason.WRONG_ISSUER, null);
        }
        return issuer;
    }

    private static JwtContext parse(String token) throws InvalidTokenException {
        if (token.length() > CHARACTERS_MAX) {
            throw new InvalidTokenException(Reason.MALFORMED, null);
        }
        try {
            return UNVERIFIED.process(token);
        } catch (InvalidJwtException | RuntimeException notOne) {
            throw new InvalidTokenException(Reason.MALFORMED, null);
        }
    }

    private static long expirySeconds(JwtContext verified) throws InvalidTokenException {
        try {
            @Nullable NumericDate expiry = verified.getJwtClaims().getExpirationTime();
            return expiry == null ? 0 : expiry.getValue();
        } catch (MalformedClaimException e) {
            throw new InvalidTokenException(Reason.MALFORMED, null);
        }
    }
}
