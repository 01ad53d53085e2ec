package dev.holdfast.order;

import com.github.f4b6a3.uuid.UuidCreator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The order ids that a wish may be placed under, in the order in which to try them.
 *
 * <p>Without an idempotency key there is one, new and time-ordered (UUIDv7). With a key they are derived from user, key
 * and attempt, so that a repeated request meets the hold of the first one instead of taking a second; the next attempt is
 * for when that hold can no longer be used.
 */
@ApplicationScoped
class OrderIds {
    /** Each attempt costs a call of payments, and is used up by a request whose hold was taken and then released. */
    static final int MAX_ATTEMPTS = 16;
    /** Attempts whose holds are looked for under ids of an earlier derivation; more than one was hardly ever needed. */
    private static final int EARLIER_ATTEMPTS = 2;

    private final Supplier<OrderIdDerivation> current;
    private final Supplier<Optional<OrderIdDerivation>> earlier;

    @Inject
    OrderIds(OrderIdSecrets secrets) {
        this(secrets::current, secrets::earlier);
    }

    OrderIds(Supplier<OrderIdDerivation> current, Supplier<Optional<OrderIdDerivation>> earlier) {
        this.current = current;
        this.earlier = earlier;
    }

    /** The id to try first. */
    UUID first(NewOrder wish) {
        return candidates(wish).findFirst().orElseThrow();
    }

    Stream<UUID> candidates(NewOrder wish) {
        return wish.idempotencyKey() == null
                ? Stream.of(UuidCreator.getTimeOrderedEpoch())
                : derived(current.get(), wish, MAX_ATTEMPTS);
    }

    /** The same, with the given one before all others. */
    Stream<UUID> from(UUID first, NewOrder wish) {
        return wish.idempotencyKey() == null
                ? Stream.of(first)
                : Stream.concat(Stream.of(first), candidates(wish).filter(id -> !id.equals(first)));
    }

    /** Ids under which an earlier request of the same wish may have left a hold, before the derivation changed. */
    Stream<UUID> earlier(NewOrder wish) {
        return wish.idempotencyKey() == null
                ? Stream.of()
                : earlier.get().stream().flatMap(derivation -> derived(derivation, wish, EARLIER_ATTEMPTS));
    }

    private static Stream<UUID> derived(OrderIdDerivation derivation, NewOrder wish, int attempts) {
        String key = wish.idempotencyKey();
        return key == null
                ? Stream.of()
                : IntStream.rangeClosed(1, attempts).mapToObj(attempt -> derivation.id(wish.userId(), key, attempt));
    }
}
