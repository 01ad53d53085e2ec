package dev.holdfast.payment.reconciliation;

import java.time.Instant;
import java.util.UUID;

/** Positions in the order of transfer ids, which are UUIDs of version 7 made by the database (RFC 9562, 5.7). */
final class TransferMark {
    private static final int TIME_SHIFT_BITS = 16;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = Long.MIN_VALUE;

    private TransferMark() {}

    /** The lowest id of a moment, to the millisecond. */
    static UUID at(Instant moment) {
        return new UUID((moment.toEpochMilli() << TIME_SHIFT_BITS) | VERSION_7, VARIANT);
    }

    /** When the id was made, to the millisecond. */
    static Instant time(UUID mark) {
        return Instant.ofEpochMilli(mark.getMostSignificantBits() >>> TIME_SHIFT_BITS);
    }

    static boolean isBefore(UUID left, UUID right) {
        int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
        return high < 0
                || (high == 0
                        && Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits()) < 0);
    }

    static UUID earlier(UUID left, UUID right) {
        return isBefore(left, right) ? left : right;
    }
}
