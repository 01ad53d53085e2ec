package dev.holdfast.order.reconciliation;

import java.util.Comparator;
import java.util.UUID;

/** PostgreSQL sorts UUIDs by their bytes; {@link UUID#compareTo} takes their halves for signed numbers. */
final class UuidOrder {
    static final Comparator<UUID> BY_BYTES = (left, right) -> {
        int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
    };

    private UuidOrder() {}
}
