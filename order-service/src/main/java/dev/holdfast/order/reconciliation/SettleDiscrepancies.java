package dev.holdfast.order.reconciliation;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Asks to mend open discrepancies of one kind: that of one order, or a page of them. */
@Schema(name = "SettleDiscrepancies")
record SettleDiscrepancies(
        @NotNull Kind kind,

        @Schema(description = "Only that of this order") @Nullable
        UUID orderId,

        @Schema(description = "Only those of orders behind this id: next of the answer before") @Nullable
        UUID after,

        @Schema(description = "How many at most", defaultValue = "100")
        @Min(value = 1, message = "must be from 1 to 100")
        @Max(value = 100, message = "must be from 1 to 100")
        @Nullable
        Integer limit) {
    /** Fewer than payments takes holds by one call. */
    private static final int LIMIT_MAX = 100;

    int limitOrDefault() {
        return limit == null ? LIMIT_MAX : limit;
    }
}
