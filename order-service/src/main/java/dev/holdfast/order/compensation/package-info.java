/**
 * Money to be given back: a hold to release when an order was cancelled or never stored, a charge to refund when it came
 * after the cancellation. Written with the change that causes it, and tried until payments has done it.
 */
@NullMarked
package dev.holdfast.order.compensation;

import org.jspecify.annotations.NullMarked;
