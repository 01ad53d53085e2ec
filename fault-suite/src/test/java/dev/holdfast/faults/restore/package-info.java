/** What is looked for in a stack's logs, without a stack. */
@NullMarked
package dev.holdfast.faults.restore;

import org.jspecify.annotations.NullMarked;
