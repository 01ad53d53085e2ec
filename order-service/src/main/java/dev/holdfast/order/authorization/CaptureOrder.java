package dev.holdfast.order.authorization;

import dev.holdfast.rest.Amount;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /orders/{order_id}/capture}, which may be left out.
 *
 * @param amount null for the whole order
 */
@Schema(name = "CaptureOrder")
record CaptureOrder(@Amount(optional = true) @Nullable BigDecimal amount) {}
