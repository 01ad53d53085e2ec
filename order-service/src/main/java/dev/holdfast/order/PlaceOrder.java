package dev.holdfast.order;

import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Text;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /orders}. */
@Schema(name = "PlaceOrder")
public record PlaceOrder(
        @Amount
        @Schema(
                required = true,
                minimum = "0",
                exclusiveMinimum = true,
                multipleOf = 0.01,
                maximum = "9999999999999999.99",
                examples = "19.90")
        BigDecimal amount,

        @Text(max = DESCRIPTION_MAX)
        @Schema(nullable = true, maxLength = DESCRIPTION_MAX, examples = "A kettle")
        @Nullable
        String description) {
    static final int DESCRIPTION_MAX = 1_000;
}
