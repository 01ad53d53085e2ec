/**
 * What payments knows of each order's money and each account's books, for order-service to hold against its orders. Read
 * in bounded pages by index, changing nothing.
 */
@NullMarked
package dev.holdfast.payment.reconciliation;

import org.jspecify.annotations.NullMarked;
