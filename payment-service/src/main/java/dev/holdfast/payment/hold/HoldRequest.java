package dev.holdfast.payment.hold;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * Money to be reserved for an order.
 *
 * @param amount greater than zero, with two decimals at most
 */
record HoldRequest(UUID orderId, UUID userId, BigDecimal amount) {}
