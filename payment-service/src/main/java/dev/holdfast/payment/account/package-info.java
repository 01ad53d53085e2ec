/** Accounts, deposits and withdrawals. What has an idempotency key is done once, and its answer replayed afterwards. */
@NullMarked
package dev.holdfast.payment.account;

import org.jspecify.annotations.NullMarked;
