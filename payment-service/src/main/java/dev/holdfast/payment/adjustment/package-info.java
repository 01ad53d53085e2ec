/**
 * Corrections of accounts: proposed by one operator, and booked when another approves. One statement decides about a proposal and
 * books its transfer, under the account's lock.
 */
@NullMarked
package dev.holdfast.payment.adjustment;

import org.jspecify.annotations.NullMarked;
