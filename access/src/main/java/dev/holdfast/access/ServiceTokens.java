package dev.holdfast.access;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Tokens by which one service of Holdfast calls another: signed by its own key, which is mounted as a file, so that nobody
 * has to be asked, and no secret is shared. One token serves many calls.
 */
public final class ServiceTokens {
    static final String TYPE = "holdfast-service+jwt";

    private static final Logger LOG = Logger.getLogger(ServiceTokens.class);
    private static final Duration LIFETIME = Duration.ofMinutes(5);
    /** Then the next one is made, by the key that the file holds now. */
    private static final Duration RENEWED_AFTER = Duration.ofSeconds(30);

    /** @param until when the next one is to be made */
    private record Made(String token, Instant until, Instant expires) {}

    private final TokenIssuer issuer;
    private final Clock clock;
    private volatile Made made;

    /**
     * @param name of the calling service
     * @param audience the name of the called one
     * @param keyFile see {@link TokenIssuer#keyFile}
     * @throws IllegalStateException where the file has no such key
     */
    public ServiceTokens(String name, String audience, Path keyFile, Clock clock) {
        this.issuer = new TokenIssuer(name, audience, TYPE, keyFile);
        this.clock = clock;
        this.made = make(clock.instant());
    }

    /** One that is good for minutes. */
    public String current() {
        Made last = made;
        Instant now = clock.instant();
        return now.isBefore(last.until) ? last.token : renew(now);
    }

    private synchronized String renew(Instant now) {
        if (!now.isBefore(made.until)) {
            try {
                made = make(now);
            } catch (IllegalStateException e) {
                if (now.isAfter(made.expires)) {
                    throw e;
                }
                // Perhaps the file is just being replaced: the last token is good for a while.
                LOG.warnf("No new token could be signed: %s", e.getMessage());
                made = new Made(made.token, now.plusSeconds(1), made.expires);
            }
        }
        return made.token;
    }

    private Made make(Instant now) {
        String token = issuer.sign(issuer.issuer(), Map.of(), now, LIFETIME);
        return new Made(token, now.plus(RENEWED_AFTER), now.plus(LIFETIME));
    }
}
