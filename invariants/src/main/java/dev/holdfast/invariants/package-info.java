/** What must hold over both databases and the broker at any time, and whether it does. Faults and load end with this check. */
@NullMarked
package dev.holdfast.invariants;

import org.jspecify.annotations.NullMarked;
