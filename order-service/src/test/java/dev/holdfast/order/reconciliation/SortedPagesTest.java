package dev.holdfast.order.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SortedPagesTest {
    @Test
    void handsOutEachRowOnceInTheOrderOfTheDatabaseWhateverThePageSize() {
        Random random = new Random(7);
        TreeSet<UUID> rows = new TreeSet<>(UuidOrder.BY_BYTES);
        for (int i = 0; i < 100; i++) {
            rows.add(new UUID(random.nextLong(), random.nextLong()));
        }
        assertThat(rows.stream().map(UUID::toString)).isSorted();
        for (int pageSize : new int[] {1, 7, 50, 99, 100, 101}) {
            int size = pageSize;
            List<Integer> pages = new ArrayList<>();
            SortedPages<UUID> feed = new SortedPages<>(
                    after -> {
                        List<UUID> page = pageAfter(rows, after, size);
                        pages.add(page.size());
                        return page;
                    },
                    row -> row,
                    size);
            List<UUID> taken = new ArrayList<>();
            for (UUID next = feed.nextId(); next != null; next = feed.nextId()) {
                assertThat(feed.takeIf(new UUID(0, 0))).isNull();
                taken.add(feed.takeIf(next));
            }
            assertThat(taken).as("pages of %d", size).containsExactlyElementsOf(rows);
            assertThat(pages).as("pages of %d", size).hasSize(100 / size + 1);
        }
    }

    private static List<UUID> pageAfter(TreeSet<UUID> rows, @Nullable UUID after, int size) {
        return (after == null ? rows : rows.tailSet(after, false))
                .stream().limit(size).toList();
    }
}
