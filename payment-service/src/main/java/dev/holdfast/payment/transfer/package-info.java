/** What moved: the append-only transfers, the statement of an account, and refunds. */
@NullMarked
package dev.holdfast.payment.transfer;

import org.jspecify.annotations.NullMarked;
