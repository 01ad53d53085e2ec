/**
 * Numbers and chains the transfers of each account, so that a change of any of them shows: what is done beside the trigger of the
 * database that does most of it.
 */
@NullMarked
package dev.holdfast.payment.chain;

import org.jspecify.annotations.NullMarked;
