/** A collector of spans and what is made of them. */
@NullMarked
package dev.holdfast.system.trace;

import org.jspecify.annotations.NullMarked;
