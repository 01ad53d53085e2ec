/** The random load of the fault suite with the ledger of what was answered, and the faults that come as messages. Both tell which promises were broken. */
@NullMarked
package dev.holdfast.faults.load;

import org.jspecify.annotations.NullMarked;
