/**
 * The end of an order: results of payments arrive in batches, are decided in plain Java and applied by set-based
 * statements of one transaction.
 */
@NullMarked
package dev.holdfast.order.result;

import org.jspecify.annotations.NullMarked;
