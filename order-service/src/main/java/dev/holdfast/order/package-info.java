/**
 * The order itself: its state, its table, and how it is shown. How it is placed, how payments ends it, and what is given back
 * are features of their own, each in a package below.
 */
@NullMarked
package dev.holdfast.order;

import org.jspecify.annotations.NullMarked;
