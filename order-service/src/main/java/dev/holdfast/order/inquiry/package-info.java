/**
 * Orders that wait for their payment for too long: payments is asked again, by an event like the first one but with an id
 * of its own, and answers as it decides now. Nothing is decided here.
 */
@NullMarked
package dev.holdfast.order.inquiry;

import org.jspecify.annotations.NullMarked;
