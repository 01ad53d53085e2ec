/**
 * Orders that wait for their payment for too long: payments is asked again, by the same event as the first time, and
 * answers it the same way. Nothing is decided here.
 */
@NullMarked
package dev.holdfast.order.inquiry;

import org.jspecify.annotations.NullMarked;
