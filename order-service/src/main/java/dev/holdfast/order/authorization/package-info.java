/**
 * Orders that are charged when somebody asks for it: AUTHORIZED on held money until a capture, a cancellation, or the end of
 * their time. What is captured goes the way of all orders from then on.
 */
@NullMarked
package dev.holdfast.order.authorization;

import org.jspecify.annotations.NullMarked;
