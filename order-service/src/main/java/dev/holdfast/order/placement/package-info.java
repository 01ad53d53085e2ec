/**
 * Placing an order: {@code PlacementResource} queues the request, a batch of them holds its money by one call of payments
 * and stores its orders with their events by one statement. Whatever ends in between leaves a hold that is released, or
 * expires.
 */
@NullMarked
package dev.holdfast.order.placement;

import org.jspecify.annotations.NullMarked;
