/** Accounts and deposits. A deposit with an idempotency key is answered once, and replayed afterwards. */
@NullMarked
package dev.holdfast.payment.account;

import org.jspecify.annotations.NullMarked;
