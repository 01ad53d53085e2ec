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

        @Text(max = DESCRIPTION_MAX) @Schema(examples = "A kettle") @Nullable
        String description) {
    static final int DESCRIPTION_MAX = 1_000;
}
