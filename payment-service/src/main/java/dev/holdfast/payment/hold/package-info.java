/** Money reserved for orders: taken, released, and freed when its time is over. Who has the account's row lock owns its holds. */
@NullMarked
package dev.holdfast.payment.hold;

import org.jspecify.annotations.NullMarked;
