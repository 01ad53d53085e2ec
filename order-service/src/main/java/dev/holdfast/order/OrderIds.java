package dev.holdfast.order;

import com.github.f4b6a3.uuid.UuidCreator;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The order ids that a wish may be placed under, in the order in which to try them.
 *
 * <p>Without an idempotency key there is one, new and time-ordered (UUIDv7). With a key they follow from user, key and
 * attempt (UUIDv5), so that a repeated request meets the hold of the first one instead of taking a second; the next
 * attempt is for when that hold was released in the meantime.
 */
final class OrderIds {
    /** Each attempt costs a call of payments, and is used up by a request whose hold was taken and then released. */
    static final int MAX_ATTEMPTS = 16;

    private OrderIds() {}

    static Stream<UUID> candidates(NewOrder wish) {
        String key = wish.idempotencyKey();
        return key == null
                ? Stream.of(UuidCreator.getTimeOrderedEpoch())
                : IntStream.rangeClosed(1, MAX_ATTEMPTS).mapToObj(attempt -> named(wish.userId(), key, attempt));
    }

    /** The same, given the first of them. */
    static Stream<UUID> from(UUID first, NewOrder wish) {
        return wish.idempotencyKey() == null ? Stream.of(first) : candidates(wish);
    }

    private static UUID named(UUID userId, String key, int attempt) {
        // The user is the namespace; the attempt comes first, so that no key can imitate another key's attempt.
        return UuidCreator.getNameBasedSha1(userId, attempt + ":" + key);
    }
}
