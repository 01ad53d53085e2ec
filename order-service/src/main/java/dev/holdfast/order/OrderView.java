package dev.holdfast.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An order as clients see it. */
@Schema(name = "Order")
public record OrderView(
        UUID id,
        UUID userId,

        @Schema(minimum = "0.01", examples = "19.90") BigDecimal amount,

        @Schema(description = "What was captured for it: 0 unless it is FINISHED", minimum = "0", examples = "19.90")
        BigDecimal captured,

        @Schema(
                description = "What was given back of that, or is being given back: the sum of its refunds",
                minimum = "0",
                examples = "0.00")
        BigDecimal refunded,

        @Schema(examples = "A kettle") @Nullable String description,

        @Schema(
                implementation = OrderStatus.class,
                description = "AUTHORIZED until somebody captures it, NEW until the payment is captured; FINISHED and"
                        + " CANCELLED are for good")
        String status,

        @Schema(
                description = "Why the order was cancelled, else null",
                enumeration = {
                    "cancelled_by_request",
                    "hold_expired",
                    "insufficient_funds",
                    "hold_released",
                    "hold_not_found",
                    "hold_mismatch",
                    "unknown"
                })
        @Nullable
        String reason,

        @Schema(
                description =
                        "What was said with the request to cancel the order; null where it was not cancelled by one",
                examples = "ordered twice")
        @Nullable
        String reasonText,

        @Schema(description = "Until when it could be captured; null of an order that is charged by itself") @Nullable
        Instant authorizedUntil,

        Instant createdAt,
        Instant updatedAt) {

    public static OrderView of(Order order) {
        return new OrderView(
                order.id,
                order.userId,
                order.amount,
                order.captured(),
                order.refunded,
                order.description,
                order.status,
                order.reason,
                order.isCancelledBy(CancelReason.CANCELLED_BY_REQUEST) ? order.reasonText : null,
                order.authorizedUntil,
                order.createdAt,
                order.updatedAt);
    }

    /** The order as it was when it was placed, which is what a replayed answer shows. */
    public static OrderView asPlaced(Order order) {
        return new OrderView(
                order.id,
                order.userId,
                order.amount,
                Order.NOTHING,
                Order.NOTHING,
                order.description,
                (order.isManual() ? OrderStatus.AUTHORIZED : OrderStatus.NEW).name(),
                null,
                null,
                order.authorizedUntil,
                order.createdAt,
                order.createdAt);
    }
}
