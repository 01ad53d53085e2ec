/** The random load of the fault suite with the ledger of what was answered, and the faults that come as messages. Whoever breaks the system starts the one, runs the others and asks both what was broken. */
@NullMarked
package dev.holdfast.faults.load;

import org.jspecify.annotations.NullMarked;
