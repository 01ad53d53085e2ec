/**
 * Dead letters as operators meet them: moved from their queue into a table, looked at, replayed or discarded over REST,
 * each act with its audit row. What makes a message a dead letter is decided in the package above.
 */
@NullMarked
package dev.holdfast.delivery.deadletter;

import org.jspecify.annotations.NullMarked;
