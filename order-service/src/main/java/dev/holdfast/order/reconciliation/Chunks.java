package dev.holdfast.order.reconciliation;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Hands ids out in portions that one statement or call may have. */
final class Chunks {
    private Chunks() {}

    static void forEach(Collection<UUID> ids, int size, Consumer<List<UUID>> chunk) {
        List<UUID> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += size) {
            chunk.accept(all.subList(from, Math.min(from + size, all.size())));
        }
    }
}
