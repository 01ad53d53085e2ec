package dev.holdfast.payment.adjustment;

import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Which way an adjustment moves money. */
@Schema(name = "AdjustmentDirection")
public enum Direction {
    /** Onto the account. */
    CREDIT,
    /** Off the account. */
    DEBIT;

    static Direction of(BigDecimal change) {
        return change.signum() > 0 ? CREDIT : DEBIT;
    }

    /** What it does to the account. */
    BigDecimal change(BigDecimal amount) {
        return this == CREDIT ? amount : amount.negate();
    }
}
