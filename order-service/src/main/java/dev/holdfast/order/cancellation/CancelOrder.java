package dev.holdfast.order.cancellation;

import dev.holdfast.rest.Text;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /orders/{order_id}/cancel}, which may be left out. */
@Schema(name = "CancelOrder")
record CancelOrder(
        @Text(max = REASON_MAX)
        @Schema(description = "Kept and shown as reason_text", examples = "ordered twice")
        @Nullable
        String reason) {
    static final int REASON_MAX = 200;
}
