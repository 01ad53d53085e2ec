/**
 * Erases what users have said about themselves, and what was said about them. Money, its moves and the ids in them stay: the
 * services' databases say which texts there are.
 */
@NullMarked
package dev.holdfast.delivery.erasure;

import org.jspecify.annotations.NullMarked;
