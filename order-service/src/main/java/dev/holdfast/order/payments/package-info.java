/**
 * How this service speaks to payments: its own view of hold, release, cancellation and refund, each of them idempotent
 * by the id of the order or the refund, and of what payments tells for reconciliation. Refusals come back as values; an answer that did not
 * come is an exception.
 */
@NullMarked
package dev.holdfast.order.payments;

import org.jspecify.annotations.NullMarked;
