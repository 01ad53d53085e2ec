/**
 * Who did what: one record for each act that changes money or operations, in the transaction that does it. What acts there
 * are is decided by the services.
 */
@NullMarked
package dev.holdfast.delivery.audit;

import org.jspecify.annotations.NullMarked;
