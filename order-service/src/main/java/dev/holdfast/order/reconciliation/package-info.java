/**
 * Holds the orders against payments' holds, transfers and accounts, in passes that go on for as long as the service runs, and names what
 * contradicts. A pass only reads; what it finds is kept in a table, shown to operators and counted as a metric. What they
 * want mended, {@code Settlements} mends.
 */
@NullMarked
package dev.holdfast.order.reconciliation;

import org.jspecify.annotations.NullMarked;
