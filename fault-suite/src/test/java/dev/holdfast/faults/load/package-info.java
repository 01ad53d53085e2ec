/** What the ledger of the random load tells, without a system. */
@NullMarked
package dev.holdfast.faults.load;

import org.jspecify.annotations.NullMarked;
