package dev.holdfast.order.reconciliation;

import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The orders whose request for payment was not even sent: they wait for the broker, not for payments. Read once for
 * all first looks of a pass, and once for each second look, and only if an order waits.
 */
final class UnsentRequests {
    private final Supplier<Set<UUID>> read;
    private final int readMax;
    private @Nullable Set<UUID> orderIds;

    /**
     * @param read reads so many at most
     * @param readMax while so many wait, any order may
     */
    UnsentRequests(Supplier<Set<UUID>> read, int readMax) {
        this.read = read;
        this.readMax = readMax;
    }

    boolean mayContain(UUID orderId) {
        Set<UUID> unsent = orderIds;
        if (unsent == null) {
            unsent = read.get();
            orderIds = unsent;
        }
        return unsent.size() >= readMax || unsent.contains(orderId);
    }
}
