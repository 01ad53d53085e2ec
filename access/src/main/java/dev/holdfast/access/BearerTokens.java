package dev.holdfast.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.access.InvalidTokenException.Reason;
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
public class BearerTokens {
    /** A longer one is no token of ours, and no work is done for it. */
    private static final int CHARACTERS_MAX = 8 * 1024;

    private static final int REMEMBERED_MAX = 10_000;

    /** @param keys it was verified by these */
    private record Verified(Caller caller, Issuer issuer, TrustedKeys.Known keys, long goodUntilSeconds) {}

    /** Takes nothing for true: it is for the issuer's name alone. */
    private static final JwtConsumer UNVERIFIED = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    private final Map<String, Issuer> issuers;
    private final long leewaySeconds;
    private final Clock clock = Clock.systemUTC();
    private final Cache<String, Verified> remembered = Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
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
            Issuer issuer = issuer(token);
            try {
                return Future.succeededFuture(verify(token, issuer));
            } catch (InvalidTokenException e) {
                return e.reason() == Reason.UNKNOWN_KEY ? verifyByNewKeys(token, issuer) : Future.failedFuture(e);
            }
        } catch (InvalidTokenException e) {
            return Future.failedFuture(e);
        }
    }

    private boolean isGood(Verified known) {
        return known.keys == known.issuer.keys().known() && clock.instant().getEpochSecond() < known.goodUntilSeconds;
    }

    private Future<Caller> verifyByNewKeys(String token, Issuer issuer) {
        return inOwnContext(issuer.keys().readForUnknownKey()).compose(read -> {
            try {
                return Future.succeededFuture(verify(token, issuer));
            } catch (InvalidTokenException e) {
                return Future.failedFuture(issuer.keys().known().keys.isEmpty() ? new KeysUnavailableException() : e);
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

    private Caller verify(String token, Issuer issuer) throws InvalidTokenException {
        TrustedKeys.Known keys = issuer.keys().known();
        JwtContext parsed = parse(token);
        Caller caller = issuer.verify(parsed);
        remembered.put(token, new Verified(caller, issuer, keys, expirySeconds(parsed) + leewaySeconds));
        return caller;
    }

    private Issuer issuer(String token) throws InvalidTokenException {
        Object name = parse(token).getJwtClaims().getClaimValue("iss");
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
        } catch (InvalidJwtException e) {
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
