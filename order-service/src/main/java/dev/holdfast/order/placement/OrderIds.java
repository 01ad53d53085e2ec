package dev.holdfast.order.placement;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.order.OrderRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The order ids that a request may be placed under.
 *
 * <p>Without an idempotency key each is new and time-ordered (UUIDv7). With a key they are derived from user, key and
 * attempt, so that a repeated request meets the hold of the first one instead of taking a second; the next attempt is for
 * when that hold can no longer be used.
 */
@ApplicationScoped
class OrderIds {
    /** Each attempt costs a call of payments, and is used up by a request whose hold was taken and then released. */
    static final int ATTEMPTS_MAX = 16;
    /** Attempts whose holds are looked for under ids of an earlier derivation; more than one was hardly ever needed. */
    private static final int EARLIER_ATTEMPTS = 2;

    /** No key has a space. */
    private static final String MANUAL = " manual";

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

    /** @param attempt 1 to {@value #ATTEMPTS_MAX} */
    UUID id(OrderRequest request, int attempt) {
        String key = keyOf(request);
        return key == null ? UuidCreator.getTimeOrderedEpoch() : current.get().id(request.userId(), key, attempt);
    }

    /** Ids under which the same request may have left a hold, before the derivation changed. */
    List<UUID> earlier(OrderRequest request) {
        String key = keyOf(request);
        return key == null
                ? List.of()
                : earlier.get()
                        .map(derivation -> IntStream.rangeClosed(1, EARLIER_ATTEMPTS)
                                .mapToObj(attempt -> derivation.id(request.userId(), key, attempt))
                                .toList())
                        .orElse(List.of());
    }

    /** An order that is captured later has ids of its own: its hold lasts longer than one that the key may have left otherwise. */
    private static @Nullable String keyOf(OrderRequest request) {
        String key = request.idempotencyKey();
        return key == null || !request.manual() ? key : key + MANUAL;
    }
}
