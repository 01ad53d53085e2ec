package dev.holdfast.payment.reconciliation;

import java.math.BigDecimal;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an account says it has, and what its transfers and holds say, as of one moment. */
@Schema(name = "AccountComparison")
record AccountComparison(
        UUID userId,
        BigDecimal balance,

        @Schema(description = "What its transfers brought in, less what they took out")
        BigDecimal booked,

        BigDecimal held,

        @Schema(description = "The sum of its holds of status HELD")
        BigDecimal reserved) {

    boolean balances() {
        return balance.compareTo(booked) == 0 && held.compareTo(reserved) == 0;
    }
}
