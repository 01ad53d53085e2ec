package dev.holdfast.payment.verification;

import java.util.Arrays;
import java.util.Optional;

/** How somebody has changed the books beside the service. The names are stable: they are stored, and order-service has the same. */
public enum FindingKind {
    /** The row, or its hash, is not what was written. */
    TRANSFER_EDITED,
    /** Transfers are missing between others. */
    TRANSFER_DELETED,
    /** A transfer stands outside of the numbers. */
    TRANSFER_INSERTED,
    /** The newest transfers are missing. */
    TRANSFERS_CUT_OFF,
    /** The account's number, sum or hash is not that of its newest transfer. */
    CHAIN_HEAD_CHANGED,
    /** A seal is not what its transfers give. */
    SEAL_BROKEN;

    /** Empty for what a newer version of this service has found. */
    static Optional<FindingKind> of(String stored) {
        return Arrays.stream(values())
                .filter(kind -> kind.name().equals(stored))
                .findFirst();
    }
}
