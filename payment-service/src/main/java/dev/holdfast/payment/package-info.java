/**
 * Accounts, the money reserved on them and the money that moved: the one service that changes a balance. Read it as the
 * data flows: resource, use case (the transaction), tables; requests to capture come from the broker.
 */
@NullMarked
package dev.holdfast.payment;

import org.jspecify.annotations.NullMarked;
