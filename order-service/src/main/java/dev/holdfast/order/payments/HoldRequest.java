package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.UUID;

/** Money to be reserved for an order. */
public record HoldRequest(
        @JsonProperty("order_id") UUID orderId,
        @JsonProperty("user_id") UUID userId,
        @JsonProperty("amount") BigDecimal amount) {}
