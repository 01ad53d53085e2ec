/**
 * Orders: placed on money that payments holds, and ended by the result of its capture. A request goes from
 * {@code OrderResource} to {@code Orders}, which holds the money first and then writes the order and its event.
 */
@NullMarked
package dev.holdfast.order;

import org.jspecify.annotations.NullMarked;
