package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.OrderRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderIdsTest {
    private static final UUID USER = UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    private static final byte[] SECRET = new byte[32];
    private static final OrderIds IDS = idsOf(SECRET);

    private static OrderIds idsOf(byte[] secret) {
        return new OrderIds(() -> OrderIdDerivation.with(secret), () -> Optional.of(OrderIdDerivation.FORESEEABLE));
    }

    @Test
    void withoutAKeyEachIdIsNewAndTimeOrdered() {
        List<UUID> all = candidates(USER, null);
        assertThat(all).doesNotHaveDuplicates().allMatch(id -> id.version() == 7);
    }

    @Test
    void theSameKeyOfTheSameUserHasTheSameIds() {
        assertThat(candidates(USER, "key")).isEqualTo(candidates(USER, "key")).hasSize(OrderIds.ATTEMPTS_MAX);
        assertThat(candidates(USER, "key")).allMatch(id -> id.version() == 8 && id.variant() == 2);
    }

    @Test
    void noTwoUsersKeysOrAttemptsShareAnId() {
        List<UUID> all = new ArrayList<>();
        all.addAll(candidates(USER, "key"));
        all.addAll(candidates(USER, "1:key"));
        all.addAll(candidates(USER, "key1"));
        all.addAll(candidates(UUID.randomUUID(), "key"));
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void whoDoesNotKnowTheSecretCannotForeseeAnId() {
        byte[] other = SECRET.clone();
        other[31] = 1;
        OrderRequest request = request(USER, "key");
        assertThat(candidates(IDS, request))
                .doesNotContainAnyElementsOf(candidates(idsOf(other), request))
                .doesNotContainAnyElementsOf(IDS.earlier(request));
    }

    /** A change of these would let a request that is repeated across an update order twice. */
    @Test
    void theIdsOfAKeyNeverChange() {
        assertThat(IDS.earlier(request(USER, "key")).getFirst()).hasToString("d16c08d3-cffb-580d-9783-78049895ebd7");
        assertThat(candidates(USER, "key").getFirst()).hasToString("cc5d353d-59a0-8173-b1dd-920a3360af9b");
    }

    private static OrderRequest request(UUID user, @Nullable String key) {
        return new OrderRequest(user, BigDecimal.ONE, null, key);
    }

    private static List<UUID> candidates(UUID user, @Nullable String key) {
        return candidates(IDS, request(user, key));
    }

    private static List<UUID> candidates(OrderIds ids, OrderRequest request) {
        return IntStream.rangeClosed(1, OrderIds.ATTEMPTS_MAX)
                .mapToObj(attempt -> ids.id(request, attempt))
                .toList();
    }
}
