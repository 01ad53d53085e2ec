/** What can be put between two processes of a stack, to break the link between them. */
@NullMarked
package dev.holdfast.faults.proxy;

import org.jspecify.annotations.NullMarked;
