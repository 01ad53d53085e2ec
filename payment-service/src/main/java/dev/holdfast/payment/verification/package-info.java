/**
 * Verifies all the time that the transfers are as they were written: each account's chain and the seals over all of them. What does not
 * fit is named with the account and the transfer's number, for reconciliation to report.
 */
@NullMarked
package dev.holdfast.payment.verification;

import org.jspecify.annotations.NullMarked;
