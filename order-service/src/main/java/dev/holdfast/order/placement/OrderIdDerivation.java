package dev.holdfast.order.placement;

import com.github.f4b6a3.uuid.UuidCreator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How the id of an order follows from its user, its idempotency key and the attempt, counted from 1. */
@FunctionalInterface
interface OrderIdDerivation {
    /** As versions before 1.1 did: anybody who knows user and key can foresee these (UUIDv5). */
    OrderIdDerivation FORESEEABLE = (userId, key, attempt) -> UuidCreator.getNameBasedSha1(userId, attempt + ":" + key);

    UUID id(UUID userId, String key, int attempt);

    /** By HMAC-SHA256, as UUIDv8 (RFC 9562): only who knows the secret can foresee them. */
    static OrderIdDerivation with(byte[] secret) {
        SecretKeySpec hmacKey = new SecretKeySpec(secret, "HmacSHA256");
        return (userId, key, attempt) -> {
            byte[] text = key.getBytes(StandardCharsets.UTF_8);
            ByteBuffer message = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + text.length)
                    .putLong(userId.getMostSignificantBits())
                    .putLong(userId.getLeastSignificantBits())
                    .putInt(attempt)
                    .put(text);
            ByteBuffer code = ByteBuffer.wrap(hmac(hmacKey, message.array()));
            long high = code.getLong() & ~0xF000L | 0x8000L;
            long low = code.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
            return new UUID(high, low);
        };
    }

    private static byte[] hmac(SecretKeySpec key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
