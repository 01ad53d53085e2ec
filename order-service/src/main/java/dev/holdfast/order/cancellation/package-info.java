/**
 * Cancels orders on request. Payments decides, by who gets the hold first: this or the capture; the request is written down
 * before it is asked, and the order ends after its answer.
 */
@NullMarked
package dev.holdfast.order.cancellation;

import org.jspecify.annotations.NullMarked;
