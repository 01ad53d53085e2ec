package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a dead letter was set aside by a replica of this service, with what it says of itself: an HMAC by a key in the
 * service's database. Whoever has the service's password of the broker, and not its database, cannot make one.
 */
@ApplicationScoped
class DeadLetterSeal {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String KEY = "select key from dead_letter_seal";

    private final Database database;
    private volatile @Nullable SecretKeySpec key;

    DeadLetterSeal(Database database) {
        this.database = database;
    }

    /** Before anything is consumed, as a message may have to be set aside while the database is away. */
    void readKey(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent starting) {
        key();
    }

    /** @param facts in an order of their own */
    String of(byte[] body, String... facts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key());
            for (String fact : facts) {
                byte[] bytes = fact.getBytes(StandardCharsets.UTF_8);
                // With its length, so that no two lists of facts are the same bytes.
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                mac.update(bytes);
            }
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, impossible);
        }
    }

    private SecretKeySpec key() {
        SecretKeySpec known = key;
        if (known == null) {
            known = database.only(KEY, row -> new SecretKeySpec(row.getBytes("key"), ALGORITHM));
            key = known;
        }
        return known;
    }
}
