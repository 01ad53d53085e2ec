/** What is tried until it succeeds: one thread of each replica works off the rows of a table that are due. */
@NullMarked
package dev.holdfast.order.retry;

import org.jspecify.annotations.NullMarked;
