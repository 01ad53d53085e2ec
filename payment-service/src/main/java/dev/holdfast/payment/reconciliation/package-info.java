/**
 * What payments knows of each order's money and each account, for order-service to hold against its orders. Read
 * in bounded pages by index; nothing is written but how far accounts with many transfers are summed up.
 */
@NullMarked
package dev.holdfast.payment.reconciliation;

import org.jspecify.annotations.NullMarked;
