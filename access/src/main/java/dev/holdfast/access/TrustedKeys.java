package dev.holdfast.access;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of one issuer, as they were last read. What cannot be read at the moment is kept as it was: an identity
 * provider that is away stops nobody whose key is known.
 */
final class TrustedKeys {
    private static final Logger LOG = Logger.getLogger(TrustedKeys.class);

    /** Compared by identity: a token was verified by these keys, or by others. */
    static final class Known {
        final List<PublicJsonWebKey> keys;

        Known(List<PublicJsonWebKey> keys) {
            this.keys = keys;
        }
    }

    private final List<KeyLocation> locations;
    private final long unknownPauseNanos;
    private volatile Known known = new Known(List.of());
    private volatile long completeNanos = System.nanoTime();
    /** Guarded by this, as is all that follows. */
    private @Nullable Future<Void> underWay;

    private long beganNanos;
    private final Set<KeyLocation> failing = new HashSet<>();

    TrustedKeys(List<KeyLocation> locations, Duration unknownPause) {
        this.locations = locations;
        this.unknownPauseNanos = unknownPause.toNanos();
        this.beganNanos = System.nanoTime() - unknownPauseNanos;
    }

    Known known() {
        return known;
    }

    /** Whether nobody can tell which keys there are. */
    boolean areUnread() {
        return known.keys.isEmpty() && !locations.stream().allMatch(KeyLocation::wasRead);
    }

    /** How long ago all places were last read. */
    double ageSeconds() {
        return (System.nanoTime() - completeNanos) / 1e9;
    }

    /**
     * Reads all places before anybody is served, and waits for them. A provider that is away may be back soon; a file is wrong.
     */
    void firstRead() {
        read().toCompletionStage().toCompletableFuture().join();
        for (KeyLocation location : locations) {
            if (!location.isRemote() && location.keys().isEmpty()) {
                throw new IllegalStateException("There are no keys to verify tokens by at " + location
                        + ": it must be a JSON Web Key Set, or PEM with public keys (AUTH_KEYS, SERVICE_KEYS)");
            }
        }
    }

    /** Reads all places, or waits for the reading that is under way; never fails. */
    synchronized Future<Void> read() {
        if (underWay != null) {
            return underWay;
        }
        beganNanos = System.nanoTime();
        Future<Void> reading = Future.join(locations.stream().map(this::read).toList())
                .transform(result -> {
                    ended(result.succeeded());
                    return Future.succeededFuture();
                });
        underWay = reading.isComplete() ? null : reading;
        return reading;
    }

    /** The same because of a token whose key is not known, which anybody can make up: not too often. */
    synchronized Future<Void> readForUnknownKey() {
        boolean tooSoon = System.nanoTime() - beganNanos < unknownPauseNanos;
        return underWay == null && tooSoon ? Future.succeededFuture() : read();
    }

    private Future<Void> read(KeyLocation location) {
        return location.read().onComplete(result -> note(location, result.cause()));
    }

    private synchronized void note(KeyLocation location, @Nullable Throwable failure) {
        if (failure != null && failing.add(location)) {
            LOG.warnf("The keys at %s cannot be read: %s", location, failure.getMessage());
        } else if (failure == null && failing.remove(location)) {
            LOG.infof("The keys at %s can be read again", location);
        }
    }

    private synchronized void ended(boolean isComplete) {
        underWay = null;
        List<PublicJsonWebKey> read =
                locations.stream().flatMap(location -> location.keys().stream()).toList();
        if (!thumbprints(read).equals(thumbprints(known.keys))) {
            known = new Known(read);
            LOG.infof("Tokens are verified by %d keys", read.size());
        }
        if (isComplete) {
            completeNanos = System.nanoTime();
        }
    }

    private static Set<String> thumbprints(List<PublicJsonWebKey> keys) {
        Set<String> thumbprints = new HashSet<>();
        for (JsonWebKey key : keys) {
            thumbprints.add(key.getKeyId()
                    + ' '
                    + key.getAlgorithm()
                    + ' '
                    + key.calculateBase64urlEncodedThumbprint("SHA-256"));
        }
        return thumbprints;
    }
}
