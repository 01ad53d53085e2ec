package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderIdsTest {
    private static final UUID USER = UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    @Test
    void withoutAKeyThereIsOneNewTimeOrderedId() {
        List<UUID> first = candidates(USER, null);
        List<UUID> second = candidates(USER, null);
        assertThat(first).hasSize(1).doesNotContainAnyElementsOf(second);
        assertThat(first.getFirst().version()).isEqualTo(7);
    }

    @Test
    void theSameKeyOfTheSameUserHasTheSameIds() {
        assertThat(candidates(USER, "key")).isEqualTo(candidates(USER, "key")).hasSize(OrderIds.MAX_ATTEMPTS);
        assertThat(candidates(USER, "key")).allMatch(id -> id.version() == 5);
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

    /** A change of these would let a request that is repeated across an update order twice. */
    @Test
    void theIdsOfAKeyNeverChange() {
        assertThat(candidates(USER, "key").getFirst()).hasToString("d16c08d3-cffb-580d-9783-78049895ebd7");
    }

    private static List<UUID> candidates(UUID user, @Nullable String key) {
        return OrderIds.candidates(new NewOrder(user, BigDecimal.ONE, null, key))
                .toList();
    }
}
