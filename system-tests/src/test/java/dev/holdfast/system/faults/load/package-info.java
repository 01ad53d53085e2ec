/** What the ledger of the random load tells, without a system. */
@NullMarked
package dev.holdfast.system.faults.load;

import org.jspecify.annotations.NullMarked;
