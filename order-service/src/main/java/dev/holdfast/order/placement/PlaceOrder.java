package dev.holdfast.order.placement;

import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Text;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /orders}. */
@Schema(name = "PlaceOrder")
record PlaceOrder(
        @Amount BigDecimal amount,

        @Schema(
                description = "manual: the money is reserved, and captured only when somebody asks for it",
                defaultValue = "automatic")
        @Nullable
        CaptureMode capture,

        @Text(max = DESCRIPTION_MAX) @Schema(examples = "A kettle") @Nullable
        String description) {
    static final int DESCRIPTION_MAX = 1_000;
}
