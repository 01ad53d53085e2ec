package dev.holdfast.order.reconciliation;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What came of discrepancies that were to be mended. */
@RegisterForReflection
@Schema(name = "SettledDiscrepancies")
record SettledDiscrepancies(
        @Schema(description = "Refunds and charges that are on their way; a later pass closes the discrepancies")
        int settled,

        @Schema(description = "Those that stay as they are") List<RefusedSettlement> refused,

        @Schema(description = "To be sent as after, for the next ones; null where these were the last") @Nullable
        UUID next) {

    @RegisterForReflection
    @Schema(name = "RefusedSettlement")
    record RefusedSettlement(
            UUID orderId,

            @Schema(
                    description =
                            "insufficient_funds, account_not_found, account_frozen, account_closed, account_busy, payments_unavailable, hold_released, hold_conflict,"
                                    + " hold_captured, hold_refused, or nothing_to_settle where it is not so any more")
            String code) {}
}
